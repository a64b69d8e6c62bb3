import Compilation
import Console
import Diagnostics
import JSON
import Modules
import Passes
import TensorIR

/// A compiled experiment for other programs: the graphs of a stage, what each node costs and where it comes from, what the
/// passes did, and the memory plan.
///
/// `Docs/graph.schema.json` describes it.
public struct GraphDocument: Sendable {
  /// Counts changes after which a reader of the old form errs.
  static let version = 1

  let title: String
  private(set) var head: [(String, JSONValue)]
  let functions: [JSONValue]
  let sources: SourceTable

  /// `spec` is the file that was given; `player` narrows it to that player's steps, `round` or `sample`.
  ///
  /// - Throws: a failure where a pass breaks a graph, a bug of the compiler, and where the profile is of other graphs.
  public init(
    _ experiment: CompiledExperiment, spec: SourceFile?, stage: Stage, player: String?,
    compiler: Compiler, profile: MeasuredProfile? = nil
  ) throws(Failure) {
    try profile?.requireGraphs(of: experiment)
    title = experiment.module.name
    var sources = SourceTable(spec)
    var functions: [JSONValue] = []
    for function in experiment.functions(of: player) {
      guard let graph = function.graph(at: stage) else { continue }
      let writer = FunctionWriter(
        function: function, graph: graph, isPlanned: stage == .optimized,
        trace: try compiler.trace(of: function),
        elementBytes: experiment.precision.element.byteCount,
        times: profile.map { $0.times(of: function) } ?? [:])
      functions.append(writer.json(&sources))
    }
    self.functions = functions
    self.sources = sources
    head = [
      ("format", .text("advas graph")), ("version", .integer(Self.version)),
      ("title", .text(title)), ("stage", .text(stage.rawValue)),
      ("precision", .text(experiment.precision.rawValue)),
      ("plan", .text(experiment.planText)),
    ]
    if let profile { head.append(("profile", profile.description)) }
  }

  var json: JSONValue {
    .object(head + [("sources", sources.json), ("functions", .list(functions))])
  }

  /// One JSON value on a line.
  public var text: String { json.line + "\n" }
}

extension MeasuredProfile {
  /// Throws unless the profile is of these graphs.
  fileprivate func requireGraphs(of experiment: CompiledExperiment) throws(Failure) {
    guard graphs != experiment.graphsDigest else { return }
    throw Failure(
      .faultyInput,
      DiagnosticBag([
        Diagnostic(
          .error, "the profile is of other graphs than these",
          hint: "measure the same spec with the same options, --threads too, and the same version")
      ]))
  }

  /// Milliseconds that one run of a function spends in each node.
  fileprivate func times(of function: CompiledFunction) -> [Int: Double] {
    let own = rows.filter { $0.function == function.title && $0.calls > 0 }
    return Dictionary(own.map { ($0.node, $0.milliseconds / $0.calls) }) { $0 + $1 }
  }

  fileprivate var description: JSONValue {
    .object([
      ("threads", .integer(threads)), ("rounds", .integer(rounds)),
      ("gflops", .number(ceiling.gigaflops)), ("gbytes", .number(ceiling.gigabytes)),
    ])
  }
}
