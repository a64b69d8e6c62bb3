/// A static computation without control flow or effects: nodes in topological order, one value each.
///
/// The inputs are the first nodes, in the order of `inputNames`.
public struct Graph: Sendable {
  /// What listings call it: `generator.step`.
  public var name: String
  /// One per input, each once.
  public var inputNames: [String]
  /// In topological order: operands stand before their users.
  public var nodes: [Node]
  /// One per node; beside the nodes, so that equality of nodes ignores it.
  public var origins: [Origin]
  /// Values that are kept when the graph has run; one may stand several times.
  public var results: [ValueID]
  /// One per result.
  public var resultNames: [String]

  public init(
    name: String, inputNames: [String] = [], nodes: [Node] = [], origins: [Origin] = [],
    results: [ValueID] = [], resultNames: [String] = []
  ) {
    self.name = name
    self.inputNames = inputNames
    self.nodes = nodes
    self.origins = origins
    self.results = results
    self.resultNames = resultNames
  }

  /// The node that computes `id`.
  public subscript(id: ValueID) -> Node { nodes[id.index] }

  /// Types of the inputs, in order.
  public var inputTypes: [TensorType] { inputNames.indices.map { nodes[$0].type } }

  /// How many operands and results refer to each node.
  public func useCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: nodes.count)
    for node in nodes { for operand in node.operands { counts[operand.index] += 1 } }
    for result in results { counts[result.index] += 1 }
    return counts
  }

  /// `true` iff both compute the same values under the same names; origins do not count.
  public func isEquivalent(to other: Graph) -> Bool {
    name == other.name && inputNames == other.inputNames && nodes == other.nodes
      && results == other.results && resultNames == other.resultNames
  }
}
