import TensorIR

/// Runs a graph in float64, node by node, every value in its own array: slow, obvious, and the oracle for all else.
///
/// - Parameters:
///   - graph: in topological order, as all are.
///   - inputs: one array per graph input, row-major.
///   - transport: how the rank whose graph it is speaks to the others.
///   - observe: called with each value as it is computed, e.g. to find the first that is not finite; what it makes of the
///     value is what follows sees.
/// - Returns: one array per graph result.
public func evaluate(
  _ graph: Graph, inputs: [[Double]], transport: (any Transport)? = nil,
  observe: ((ValueID, inout [Double]) -> Void)? = nil
) -> [[Double]] {
  precondition(inputs.count == graph.inputNames.count, "one array per input")
  var values = [[Double]](repeating: [], count: graph.nodes.count)
  var usesLeft = graph.useCounts()
  for (index, node) in graph.nodes.enumerated() {
    let types = node.operands.map { graph[$0].type }
    let call = node.op.definition.kernel(types, node.type)
    if case .input = call {
      precondition(inputs[index].count == node.type.shape.count, "input of a wrong size")
      values[index] = inputs[index]
    } else if case .collective(let kernel) = call {
      guard let transport else { preconditionFailure("the graph is that of one of several ranks") }
      values[index] = kernel.evaluate(values[node.operands[0].index], transport)
    } else {
      values[index] = evaluate(
        call, node.operands.map { values[$0.index] }, count: node.type.shape.count)
    }
    observe?(ValueID(index), &values[index])
    for operand in node.operands {
      usesLeft[operand.index] -= 1
      if usesLeft[operand.index] == 0 { values[operand.index] = [] }
    }
  }
  return graph.results.map { values[$0.index] }
}

/// The result, of `count` elements, of one kernel.
func evaluate(_ call: KernelCall, _ operands: [[Double]], count: Int) -> [Double] {
  switch call {
  case .input: preconditionFailure("inputs are written from outside")
  case .fill(let value): [Double](repeating: value.value, count: count)
  case .alias(let offset):
    operands[0].count == count ? operands[0] : Array(operands[0][offset..<offset + count])
  case .elementwise(let program): program.evaluate(operands, count: count)
  case .matmul(let kernel): kernel.evaluate(operands[0], operands[1])
  case .convolution(let kernel): kernel.evaluate(operands[0], operands[1])
  case .reduce(let kernel): kernel.evaluate(operands[0])
  case .sums(let kernel): kernel.evaluate(operands)
  case .copy(let kernel): kernel.evaluate(operands, count: count)
  case .collective: preconditionFailure("ranks do it together")
  }
}

extension CollectiveKernel {
  /// What this rank has afterwards, of what it has before.
  fileprivate func evaluate(_ part: [Double], _ transport: any Transport) -> [Double] {
    var part = part
    switch kind {
    case .sum: part.withUnsafeMutableBufferPointer { transport.sum($0) }
    case .max: part.withUnsafeMutableBufferPointer { transport.maximum($0) }
    case .shard(let blocks): return blocks.part(of: part, rank: transport.rank, of: ranks)
    case .gather(let blocks):
      var parts = [Double](repeating: 0, count: part.count * ranks)
      part.withUnsafeBytes { part in
        parts.withUnsafeMutableBytes { transport.gather(part, into: $0) }
      }
      var whole = parts
      for rank in 0..<ranks {
        let part = Array(parts[(rank * part.count)..<((rank + 1) * part.count)])
        blocks.write(part, of: rank, of: ranks, to: &whole)
      }
      return whole
    }
    return part
  }
}
