import TensorIR

/// Passes in the order in which a graph goes through them.
public struct Pipeline: Sendable {
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

  public var steps: [Step]
  /// Names of passes to skip.
  public var disabled: Set<String>
  /// Whether the verifier runs after each pass that changed the graph.
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

  /// The graph after all passes; `observer` sees each of them.
  ///
  /// - Throws: `PassFailure` when a pass breaks the graph: a bug of the compiler, named.
  public func run(
    _ graph: Graph, observer: (PassReport) -> Void = { _ in }
  ) throws(PassFailure) -> Graph {
    var graph = graph
    for step in steps {
      switch step {
      case .once(let pass):
        graph = try apply(pass, to: graph, observer).after
      case .untilStable(let passes, let limit):
        // Passes in turn that are known to leave the graph as it is.
        var settled = 0
        for pass in repeatElement(passes, count: limit).joined() {
          let report = try apply(pass, to: graph, observer)
          graph = report.after
          settled = report.changed ? (pass.isIdempotent ? 1 : 0) : settled + 1
          if settled == passes.count { break }
        }
      }
    }
    return graph
  }

  private func apply(
    _ pass: Pass, to graph: Graph, _ observer: (PassReport) -> Void
  ) throws(PassFailure) -> PassReport {
    if disabled.contains(pass.name) {
      return PassReport(
        pass: pass.name, before: graph, after: graph, changed: false, duration: .zero)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let after = pass.run(graph)
    let report = PassReport(
      pass: pass.name, before: graph, after: after, changed: !after.isEquivalent(to: graph),
      duration: clock.now - start)
    observer(report)
    if verifies && report.changed {
      do {
        try Verifier.verify(after)
      } catch {
        throw PassFailure(pass: pass.name, graph: graph.name, cause: "\(error)")
      }
    }
    return report
  }
}

/// What a pass made of a graph.
public struct PassReport: Sendable {
  public let pass: String
  public let before: Graph
  public let after: Graph
  /// `true` iff the graphs differ in more than origins.
  public let changed: Bool
  public let duration: Duration
}

/// A pass that broke a graph.
public struct PassFailure: Error, Hashable, Sendable, CustomStringConvertible {
  public let pass: String
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
