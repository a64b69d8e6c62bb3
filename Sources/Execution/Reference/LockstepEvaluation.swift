import TensorIR

/// Runs the graph of one rank on several ranks at once, node by node in float64: the oracle of whatever lets ranks speak.
///
/// - Parameters:
///   - graph: what every rank runs, as `Partition` makes it.
///   - inputs: for each rank one array per graph input, row-major.
///   - transport: speaks to processes that run the other ranks, as many each; rank k here is rank r + k R of all, in
///     process r of R.
/// - Returns: for each rank one array per graph result.
public func evaluateRanks(
  _ graph: Graph, inputs: [[[Double]]], transport: (any Transport)? = nil
) -> [[[Double]]] {
  let ranks = inputs.indices
  var values = ranks.map { _ in [[Double]](repeating: [], count: graph.nodes.count) }
  var usesLeft = graph.useCounts()
  for (index, node) in graph.nodes.enumerated() {
    let call = graph.kernel(node)
    let operands = ranks.map { rank in node.operands.map { values[rank][$0.index] } }
    switch call {
    case .input:
      for rank in ranks {
        precondition(inputs[rank][index].count == node.type.shape.count, "input of a wrong size")
        values[rank][index] = inputs[rank][index]
      }
    case .collective(let kernel):
      for (rank, value) in kernel.evaluate(operands.map { $0[0] }, transport).enumerated() {
        values[rank][index] = value
      }
    case .fill, .alias, .elementwise, .matmul, .convolution, .reduce, .sums, .copy:
      for rank in ranks {
        values[rank][index] = evaluate(call, operands[rank], count: node.type.shape.count)
      }
    }
    for operand in node.operands {
      usesLeft[operand.index] -= 1
      if usesLeft[operand.index] == 0 { for rank in ranks { values[rank][operand.index] = [] } }
    }
  }
  return values.map { values in graph.results.map { values[$0.index] } }
}

extension CollectiveKernel {
  /// What each rank has afterwards, of what each has before; sums are in the order of ranks.
  fileprivate func evaluate(_ parts: [[Double]], _ transport: (any Transport)?) -> [[Double]] {
    let (process, processes) = (transport?.rank ?? 0, transport?.ranks ?? 1)
    precondition(parts.count * processes == ranks, "the graph is one of \(ranks) ranks")
    let numbered = parts.enumerated().map { (rank: process + processes * $0, part: $1) }
    var whole: [Double]
    switch kind {
    case .sum: whole = parts.dropFirst().reduce(parts[0]) { zip($0, $1).map { $0 + $1 } }
    case .max: whole = parts.dropFirst().reduce(parts[0]) { zip($0, $1).map(larger) }
    case .gather(let blocks):
      whole = [Double](repeating: 0, count: parts[0].count * ranks)
      for (rank, part) in numbered { blocks.write(part, of: rank, of: ranks, to: &whole) }
    case .shard(let blocks):
      return numbered.map { blocks.part(of: $1, rank: $0, of: ranks) }
    }
    if let transport {
      whole.withUnsafeMutableBufferPointer { finish($0, by: transport) }
    }
    return [[Double]](repeating: whole, count: parts.count)
  }
}

extension CollectiveKernel.Blocks {
  /// A rank's samples of the whole value.
  public func part(of whole: [Double], rank: Int, of ranks: Int) -> [Double] {
    var part = [Double](repeating: 0, count: whole.count / ranks)
    forEachSample(of: rank, of: ranks) { source, target in
      for i in 0..<inner { part[target + i] = whole[source + i] }
    }
    return part
  }

  func write(_ part: [Double], of rank: Int, of ranks: Int, to whole: inout [Double]) {
    forEachSample(of: rank, of: ranks) { target, source in
      for i in 0..<inner { whole[target + i] = part[source + i] }
    }
  }
}
