import TensorIR

/// Passes in the order in which a graph goes through them.
public struct Pipeline: Sendable {
  /// One pass, or several that work on each other's results.
  public enum Step: Sendable {
    case once(Pass)
    /// Again and again, at most `limit` rounds, until none of them changes anything any more.
    case untilStable([Pass], limit: Int)

    /// The passes of the step.
    public var passes: [Pass] {
      switch self {
      case .once(let pass): [pass]
      case .untilStable(let passes, _): passes
      }
    }
  }

  /// In their order.
  public var steps: [Step]
  /// Names of passes to skip.
  public var disabled: Set<String>
  /// Whether the verifier runs on the graph as it comes and after each pass that changed it.
  public var verifies: Bool

  /// Makes a pipeline of `steps`; `verifies` is worth its time except in benchmarks.
  public init(_ steps: [Step], disabled: Set<String> = [], verifies: Bool = true) {
    self.steps = steps
    self.disabled = disabled
    self.verifies = verifies
  }

  /// Names of all passes, each once, in order of first use.
  public var passNames: [String] {
    var names: [String] = []
    for pass in steps.flatMap(\.passes) where !names.contains(pass.name) { names.append(pass.name) }
    return names
  }

  /// The graph after all passes; `observer` sees each run of one.
  ///
  /// A pass that is known to leave the graph as it is, as `settled` are from the start, is not run: most of
  /// compilation would be such runs.
  ///
  /// - Throws: `PassFailure` when lowering or a pass breaks the graph: a bug of the compiler, named.
  public func run(
    _ graph: Graph, settled: Set<String> = [], observer: (PassReport) -> Void = { _ in }
  ) throws(PassFailure) -> Graph {
    try verify(graph, from: "lowering")
    var state = (graph: graph, settled: settled)
    for step in steps {
      switch step {
      case .once(let pass): try apply(pass, to: &state, observer)
      case .untilStable(let passes, let limit):
        for _ in 0..<limit {
          for pass in passes { try apply(pass, to: &state, observer) }
          let names = passes.map(\.name).filter { !disabled.contains($0) }
          if state.settled.isSuperset(of: names) { break }
        }
      }
    }
    return state.graph
  }

  private func apply(
    _ pass: Pass, to state: inout (graph: Graph, settled: Set<String>),
    _ observer: (PassReport) -> Void
  ) throws(PassFailure) {
    if disabled.contains(pass.name) || state.settled.contains(pass.name) { return }
    let graph = state.graph
    let clock = ContinuousClock()
    let start = clock.now
    let after = pass.run(graph, settled: state.settled)
    let report = PassReport(
      pass: pass.name, before: graph, after: after, changed: !after.isEquivalent(to: graph),
      duration: clock.now - start)
    observer(report)
    state.graph = after
    if report.changed { state.settled = [] }
    if !report.changed || pass.isIdempotent { state.settled.insert(pass.name) }
    if report.changed { try verify(after, from: pass.name) }
  }

  private func verify(_ graph: Graph, from pass: String) throws(PassFailure) {
    guard verifies else { return }
    do {
      try Verifier.verify(graph)
    } catch {
      throw PassFailure(pass: pass, graph: graph.name, cause: "\(error)")
    }
  }
}

/// What a pass made of a graph.
public struct PassReport: Sendable {
  /// Its name.
  public let pass: String
  /// The graph that it took.
  public let before: Graph
  /// The graph that it made.
  public let after: Graph
  /// `true` iff the graphs differ in more than origins.
  public let changed: Bool
  /// How long it ran.
  public let duration: Duration
}

/// A pass that broke a graph.
public struct PassFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// Its name; `lowering` where the graph came broken.
  public let pass: String
  /// The graph's name.
  public let graph: String
  /// What the verifier says.
  public let cause: String

  public init(pass: String, graph: String, cause: String) {
    self.pass = pass
    self.graph = graph
    self.cause = cause
  }

  public var description: String { "pass '\(pass)' broke graph '\(graph)': \(cause)" }
}
