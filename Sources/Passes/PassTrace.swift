import TensorIR

/// What each run of a pass changed, and which run made each node that is left.
///
///     var trace = PassTrace(graph)
///     let optimized = try pipeline.run(graph) { trace.add($0) }
///
/// A node that only reads other operands than before has not been made anew (`GraphDifference`).
public struct PassTrace: Sendable {
  /// A run that changed the graph.
  public struct Change: Sendable {
    /// Its name.
    public let pass: String
    /// The graph that it took.
    public let before: Graph
    /// The graph that it made.
    public let after: Graph
    /// Indices of nodes of `before` that are gone.
    public let removed: [Int]
    /// Indices of nodes of `after` that are new.
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
    let difference = GraphDifference(from: report.before, to: report.after)
    let made = changes.count
    changes.append(
      Change(
        pass: report.pass, before: report.before, after: report.after,
        removed: difference.removed, added: difference.added))
    makers = difference.matches.map { $0.map { makers[$0] } ?? made }
    last = report.after
  }

  /// For each node of a graph that came out of the passes, perhaps with copies, the index of the change that made it; nil for
  /// what lowering wrote.
  public func makers(of graph: Graph) -> [Int?] {
    GraphDifference(from: last, to: graph).matches.map { $0.flatMap { makers[$0] } }
  }
}

extension PassTrace.Change {
  /// A headline, then the lines of what is gone and of what is new, in the form of a listing.
  public var text: String {
    let (old, new) = multiplyAdds
    let work = old == new ? "" : ", \(Self.whole(old)) -> \(Self.whole(new)) multiply-adds"
    let head =
      "// \(pass): \(before.nodes.count) -> \(after.nodes.count) nodes\(work)"
      + (removed.isEmpty && added.isEmpty ? ", in another order" : "")
    let lines =
      before.listing(of: removed).map { "-" + $0.dropFirst() }
      + after.listing(of: added).map { "+" + $0.dropFirst() }
    return ([head] + lines).joined(separator: "\n") + "\n"
  }

  /// A whole number without a point, as long as it is one of `Int`.
  private static func whole(_ count: Double) -> String {
    count < 1e18 ? "\(Int(count))" : "\(count)"
  }
}
