/// What one node costs, known before it runs.
public struct NodeCost: Hashable, Sendable {
  /// Floating-point operations, a multiply-add as two.
  public var operations: Double
  /// Bytes of its operands and its value, each moved once.
  public var byteCount: Int
  /// The last node that reads its value; nil for a result, which stays.
  public var lastUser: Int?

  /// Operations per byte; 0 where nothing moves.
  public var intensity: Double { byteCount > 0 ? operations / Double(byteCount) : 0 }
}

extension Graph {
  /// One per node.
  public var costs: [NodeCost] {
    var lastUser = [Int?](repeating: nil, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for operand in node.operands { lastUser[operand.index] = index }
    }
    for result in results { lastUser[result.index] = nil }
    return nodes.enumerated().map { index, node in
      NodeCost(
        operations: kernel(node).operations(resultCount: node.type.shape.count),
        byteCount: movedBytes(node), lastUser: lastUser[index])
    }
  }

  /// Inputs are there, and what is only seen in another shape does not move.
  private func movedBytes(_ node: Node) -> Int {
    switch kernel(node) {
    case .input, .alias: 0
    case .fill, .elementwise, .matmul, .convolution, .reduce, .sums, .copy, .collective:
      node.operands.reduce(node.type.byteCount) { $0 + self[$1].type.byteCount }
    }
  }
}
