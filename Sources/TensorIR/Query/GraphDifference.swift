/// What one graph computes and another does not; inputs are the same where they have one name.
public struct GraphDifference: Sendable {
  /// Indices of nodes of the second graph whose values the first does not have.
  public let added: [Int]
  /// Indices of nodes of the first graph whose values the second does not have.
  public let removed: [Int]

  /// A value by what makes it: two of one number are equal whatever graph they are of.
  private struct Value: Hashable {
    var op: Op
    var operands: [Int]
    /// Of an input.
    var name: String
    var type: TensorType
  }

  public init(from old: Graph, to new: Graph) {
    var numbers: [Value: Int] = [:]
    func values(of graph: Graph) -> [Int] {
      var values: [Int] = []
      for (index, node) in graph.nodes.enumerated() {
        var value = Value(
          op: node.op, operands: node.operands.map { values[$0.index] }, name: "", type: node.type)
        if case .input = node.op {
          value.op = .input(Input(index: 0, type: node.type))
          value.name = graph.inputNames[index]
        }
        let number = numbers[value] ?? numbers.count
        numbers[value] = number
        values.append(number)
      }
      return values
    }
    let (first, second) = (values(of: old), values(of: new))
    let (known, kept) = (Set(first), Set(second))
    added = second.indices.filter { !known.contains(second[$0]) }
    removed = first.indices.filter { !kept.contains(first[$0]) }
  }
}
