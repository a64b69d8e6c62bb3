import TensorIR

extension Partition {
  /// Products of matrices of which at least one has split samples.
  mutating func product(_ node: Node, _ matmul: MatMul) -> (SampleState, Tensor)? {
    let (a, b) = (node.operands[0], node.operands[1])
    let (shapeA, shapeB) = (graph[a].type.shape, graph[b].type.shape)
    let (inA, inB) = (states[a.index].factor, states[b.index].factor)
    let matrices = node.type.shape.rank - 2
    if let factor = [inA, inB].lazy.compactMap({ $0 }).first(where: { $0.axis < matrices }) {
      return parts([a, b], factor).map { (.split(factor), emitted(node, $0)) }
    }
    let (innerA, innerB) = (matmul.innerAxisOfA(shapeA), matmul.innerAxisOfB(shapeB))
    if let factor = inA ?? inB, contracts(inA, innerA), contracts(inB, innerB) {
      // Each rank sums over its own samples.
      guard let partA = part(a, factor.moved(to: innerA)),
        let partB = part(b, factor.moved(to: innerB))
      else { return nil }
      return (.partial, emitted(node, [partA, partB]))
    }
    let (rows, columns) = (
      inA?.axis == matmul.outerAxisOfA(shapeA), inB?.axis == matmul.outerAxisOfB(shapeB)
    )
    // Where samples meet samples, all of the smaller operand are needed.
    if rows, !(columns && shapeA.count < shapeB.count), let inA {
      return (.split(inA.moved(to: matrices)), emitted(node, [local[a.index], wholeValue(b)]))
    }
    if columns, let inB {
      return (.split(inB.moved(to: matrices + 1)), emitted(node, [wholeValue(a), local[b.index]]))
    }
    return nil
  }

  /// `true` iff the samples of an operand are those that the product sums over, or are on every rank.
  private func contracts(_ factor: SampleFactor?, _ inner: Int) -> Bool {
    factor.map { $0.axis == inner } ?? true
  }

  /// Images have their samples in the first axis.
  mutating func convolution(
    _ node: Node, _ convolution: Convolution, _ factor: SampleFactor
  ) -> (SampleState, Tensor)? {
    guard factor.axis == 0 else { return nil }
    let op = convolution.resized(toSamples: factor.extent / ranks)
    let (a, b) = (node.operands[0], node.operands[1])
    if convolution.direction == .filterGradient {
      return parts([a, b], factor).map { (.partial, builder.emit(op, $0)) }
    }
    guard states[a.index] == .split(factor) else { return nil }
    return (.split(factor), builder.emit(op, [local[a.index], wholeValue(b)]))
  }
}
