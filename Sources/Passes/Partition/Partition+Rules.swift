import TensorIR

extension Partition {
  /// Where the value of a node is, and what computes it on this rank.
  mutating func place(_ id: ValueID, _ node: Node) -> (SampleState, Tensor) {
    if case .input = node.op { return input(id, node) }
    let states = node.operands.map { self.states[$0.index] }
    if states.allSatisfy({ $0 == .replicated }) { return replicated(node) }
    if let placed = staysPartial(node, states) { return placed }
    return split(node, states) ?? replicated(node)
  }

  /// Computed alike on every rank, of whole operands.
  func emitted(_ node: Node, _ operands: [Tensor]) -> Tensor { builder.emit(node.op, operands) }

  private mutating func replicated(_ node: Node) -> (SampleState, Tensor) {
    let operands = node.operands.map { wholeValue($0) }
    return (.replicated, emitted(node, operands))
  }

  private func input(_ id: ValueID, _ node: Node) -> (SampleState, Tensor) {
    let (name, shape) = (graph.inputNames[id.index], node.type.shape)
    guard samples.contains(id.index) else { return (.replicated, builder.input(name, shape)) }
    let factor = SampleFactor(axis: 0, count: shape[0])
    return (.split(factor), builder.input(name, factor.part(of: shape, ranks: ranks)))
  }

  /// Partial sums go through what is linear: the sum over ranks comes after it.
  private func staysPartial(_ node: Node, _ states: [SampleState]) -> (SampleState, Tensor)? {
    let partial = states.indices.filter { states[$0] == .partial }
    guard !partial.isEmpty, states.allSatisfy({ $0.factor == nil }) else { return nil }
    let stays =
      switch node.op {
      case .zip(let zip) where zip.function == .add || zip.function == .subtract:
        partial.count == 2
      case .concatenate, .identity: partial.count == states.count
      case .map, .zip, .reduce, .reshape, .transpose, .slice, .pad:
        // Linear in this operand; the others, if any, are whole.
        partial.count == 1 && node.op.definition.linearOperands.contains(partial[0])
      case .reverse: true
      // A product, or a repetition, has more elements than what is summed before it, or costs more where all do it.
      case .select, .matmul, .convolution, .broadcast: false
      case .input, .constant, .fused, .fusedSums, .allReduce, .allGather, .shard: false
      }
    guard stays else { return nil }
    return (.partial, emitted(node, node.operands.map { local[$0.index] }))
  }

  /// The rule of each operation with an operand whose samples are split; nil where samples mix, so that all of them are
  /// needed.
  private mutating func split(_ node: Node, _ states: [SampleState]) -> (SampleState, Tensor)? {
    guard let factor = states.lazy.compactMap(\.factor).first else { return nil }
    switch node.op {
    case .map, .zip, .select, .identity:
      return parts(node.operands, factor).map { (.split(factor), emitted(node, $0)) }
    case .broadcast(let broadcast):
      let moved = factor.moved(to: broadcast.axes[factor.axis])
      let shape = moved.part(of: node.type.shape, ranks: ranks)
      let value = local[node.operands[0].index].broadcast(to: shape, axes: broadcast.axes)
      return (.split(moved), value)
    case .transpose(let transpose):
      let moved = factor.moved(to: transpose.inverse[factor.axis])
      return (.split(moved), emitted(node, [local[node.operands[0].index]]))
    case .reshape:
      let before = graph[node.operands[0]].type.shape
      guard let moved = factor.reshaped(from: before, to: node.type.shape) else { return nil }
      let shape = moved.part(of: node.type.shape, ranks: ranks)
      return (.split(moved), local[node.operands[0].index].reshape(shape))
    case .reduce(let reduce): return self.reduce(node, reduce, factor)
    case .matmul(let matmul): return product(node, matmul)
    case .convolution(let convolution): return self.convolution(node, convolution, factor)
    case .slice(let slice): return self.slice(node, slice, factor)
    case .pad(let pad): return self.pad(node, pad, factor)
    case .concatenate(let concatenate): return self.concatenate(node, concatenate, factor)
    case .reverse(let reverse):
      if reverse.axis == factor.axis { return nil }
      return (.split(factor), emitted(node, [local[node.operands[0].index]]))
    case .input, .constant, .fused, .fusedSums, .allReduce, .allGather, .shard:
      preconditionFailure("a graph is partitioned once, before it is fused")
    }
  }

  private mutating func reduce(
    _ node: Node, _ reduce: Reduce, _ factor: SampleFactor
  ) -> (SampleState, Tensor) {
    let value = emitted(node, [local[node.operands[0].index]])
    guard reduce.axes.contains(factor.axis) else {
      let axis = factor.axis - reduce.axes.count { $0 < factor.axis }
      return (.split(factor.moved(to: axis)), value)
    }
    if reduce.kind == .sum { return (.partial, value) }
    return (.replicated, builder.emit(.allReduce(AllReduce(kind: .max, ranks: ranks)), [value]))
  }
}
