/// Which nodes two graphs share, and which only one of them has.
///
/// A node is the same in both if operation, type, layer and order of derivative are, an input if its name is: one that reads
/// other operands than before is no new one, or a change at the beginning would make all that follows new. Where several are
/// alike, the first of one graph is the first of the other.
public struct GraphDifference: Sendable {
  /// For each node of the second graph, the node of the first that it is; nil for one that is new.
  public let matches: [Int?]
  /// Indices of nodes of the second graph that the first does not have.
  public let added: [Int]
  /// Indices of nodes of the first graph that the second does not have.
  public let removed: [Int]

  private struct Key: Hashable {
    var op: Op
    let type: TensorType
    let layer: String
    let order: Int
    /// Of an input.
    var name = ""

    init(_ graph: Graph, _ index: Int) {
      let (node, origin) = (graph.nodes[index], graph.origins[index])
      (op, type, layer, order) = (node.op, node.type, origin.layer, origin.order)
      if case .input = op {
        op = .input(Input(index: 0, type: type))
        name = index < graph.inputNames.count ? graph.inputNames[index] : ""
      }
    }
  }

  public init(from old: Graph, to new: Graph) {
    var rest: [Key: [Int]] = [:]
    for index in old.nodes.indices.reversed() { rest[Key(old, index), default: []].append(index) }
    let matches = new.nodes.indices.map { rest[Key(new, $0)]?.popLast() }
    self.matches = matches
    added = matches.indices.filter { matches[$0] == nil }
    removed = rest.values.flatMap { $0 }.sorted()
  }
}
