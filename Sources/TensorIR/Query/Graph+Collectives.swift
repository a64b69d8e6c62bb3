extension Graph {
  /// Of each value how many collectives wait for each other up to it, itself included: those with equal numbers can travel
  /// together.
  public func collectiveDepths() -> [Int] {
    var depths = [Int](repeating: 0, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      depths[index] = node.operands.map { depths[$0.index] }.max() ?? 0
      if node.op.isCollective { depths[index] += 1 }
    }
    return depths
  }
}

extension Op {
  /// `true` iff ranks tell each other something.
  public var isCollective: Bool {
    switch self {
    case .allReduce, .allGather: true
    case .input, .constant, .map, .zip, .select, .matmul, .convolution, .reduce, .broadcast,
      .reshape, .transpose, .slice, .pad, .concatenate, .reverse, .identity, .fused, .fusedSums,
      .shard:
      false
    }
  }
}
