import TensorIR

/// What each pass of a pipeline did, added up over its runs.
///
///     var statistics = PassStatistics()
///     let optimized = try pipeline.run(graph) { statistics.add($0) }
public struct PassStatistics: Sendable {
  /// What one pass did, over all of its runs.
  public struct Row: Sendable {
    /// Its name.
    public let pass: String
    /// How often it ran.
    public var runs = 0
    /// Runs that changed the graph.
    public var changes = 0
    /// Nodes removed less nodes added.
    public var nodesRemoved = 0
    /// Multiply-adds of matrix products and convolutions, likewise.
    public var multiplyAddsRemoved = 0.0
    /// The time of all its runs.
    public var duration: Duration = .zero
  }

  /// One per pass, in order of first run.
  public private(set) var rows: [Row] = []

  public init() {}

  /// Counts one run of a pass.
  public mutating func add(_ report: PassReport) {
    let index = rows.firstIndex { $0.pass == report.pass } ?? rows.count
    if index == rows.count { rows.append(Row(pass: report.pass)) }
    rows[index].runs += 1
    rows[index].changes += report.changed ? 1 : 0
    rows[index].nodesRemoved += report.before.nodes.count - report.after.nodes.count
    if report.changed {
      rows[index].multiplyAddsRemoved += report.before.multiplyAdds - report.after.multiplyAdds
    }
    rows[index].duration += report.duration
  }

  /// One line per pass: `simplify: 3 runs, 2 changed the graph, 120 nodes fewer, 4 ms`.
  public var text: String {
    rows.map { row in
      let milliseconds =
        row.duration.components.attoseconds / 1_000_000_000_000_000
        + row.duration.components.seconds * 1000
      let nodes = "\(row.nodesRemoved.magnitude) nodes \(row.nodesRemoved < 0 ? "more" : "fewer")"
      return
        "\(row.pass): \(row.runs) runs, \(row.changes) changed the graph, \(nodes), \(milliseconds) ms\n"
    }.joined()
  }
}

extension PassReport {
  /// The graph after the pass under a headline, or one line where nothing changed.
  public var dump: String {
    "// after \(pass)\(changed ? "\n" + after.listing : " (unchanged)\n")"
  }
}
