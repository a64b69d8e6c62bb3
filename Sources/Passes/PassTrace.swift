import TensorIR

/// What each run of a pass changed, and which run made each node that is left.
///
///     var trace = PassTrace(graph)
///     let optimized = try pipeline.run(graph) { trace.add($0) }
///
/// A node is the same before and after a pass if operation, type, layer and order of derivative are: one that only reads
/// other operands than before has not been made anew.
public struct PassTrace: Sendable {
  /// A run that changed the graph.
  public struct Change: Sendable {
    public let pass: String
    public let before: Graph
    public let after: Graph
    /// Indices of nodes of `before` that are gone, and of nodes of `after` that are new.
    public let removed: [Int]
    public let added: [Int]

    /// Multiply-adds of matrix products and convolutions.
    public var multiplyAdds: (before: Double, after: Double) {
      (before.multiplyAdds, after.multiplyAdds)
    }
  }

  /// In the order in which they ran.
  public private(set) var changes: [Change] = []
  private var last: Graph
  /// The change that made each node of `last`; nil for those that were there from the start.
  private var makers: [Int?]

  /// Begins with the graph that goes into the passes.
  public init(_ graph: Graph) {
    last = graph
    makers = [Int?](repeating: nil, count: graph.nodes.count)
  }

  /// Notes a run of a pass.
  public mutating func add(_ report: PassReport) {
    guard report.changed else { return }
    let (match, removed) = Self.match(report.before, report.after)
    let made = changes.count
    changes.append(
      Change(
        pass: report.pass, before: report.before, after: report.after, removed: removed,
        added: match.indices.filter { match[$0] == nil }))
    makers = match.map { $0.map { makers[$0] } ?? made }
    last = report.after
  }

  /// For each node of a graph that came out of the passes, perhaps with copies, the index of the change that made it; nil for
  /// what lowering wrote.
  public func makers(of graph: Graph) -> [Int?] {
    Self.match(last, graph).match.map { $0.flatMap { makers[$0] } }
  }

  private struct Key: Hashable {
    let op: Op
    let type: TensorType
    let layer: String
    let order: Int
  }

  /// The node of `old` that each node of `new` is, and the nodes of `old` that are gone.
  private static func match(_ old: Graph, _ new: Graph) -> (match: [Int?], removed: [Int]) {
    func key(_ graph: Graph, _ index: Int) -> Key {
      let (node, origin) = (graph.nodes[index], graph.origins[index])
      return Key(op: node.op, type: node.type, layer: origin.layer, order: origin.order)
    }
    var rest: [Key: [Int]] = [:]
    for index in old.nodes.indices.reversed() { rest[key(old, index), default: []].append(index) }
    let match = new.nodes.indices.map { rest[key(new, $0)]?.popLast() }
    return (match, rest.values.flatMap { $0 }.sorted())
  }
}

extension PassTrace.Change {
  /// A headline, then the lines of what is gone and of what is new, in the form of a listing.
  public var text: String {
    let (old, new) = multiplyAdds
    let work = old == new ? "" : ", \(Int(old)) -> \(Int(new)) multiply-adds"
    let head =
      "// \(pass): \(before.nodes.count) -> \(after.nodes.count) nodes\(work)"
      + (removed.isEmpty && added.isEmpty ? ", in another order" : "")
    let lines =
      before.listing(of: removed).map { "-" + $0.dropFirst() }
      + after.listing(of: added).map { "+" + $0.dropFirst() }
    return ([head] + lines).joined(separator: "\n") + "\n"
  }
}
