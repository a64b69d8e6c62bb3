import Compilation
import Console
import Diagnostics
import Execution
import JSON
import Modules
import Passes
import Spec
import TensorIR
import Training

/// Runs every player's first step, or the round that is all of them, in float64 as lowered and as optimized, unless told
/// otherwise on a small batch, and compares all losses, penalties, weights and gradients.
///
/// Passes change the order of summation and no more, so that differences are rounding. They are measured by the largest
/// element of a result or, where that is what remains of sums that cancel, by the size of what was summed. What the
/// optimizer makes of the gradients is not compared: Adam turns the sign of a rounding error into a whole step.
public struct PassCheck {
  /// Samples in a batch: enough for two halves with statistics of their own, few enough for the reference executor.
  public static let defaultSamples = 4
  /// The largest relative difference that passes.
  static let bound = 1e-12

  /// One row of the report.
  public struct Row: Sendable {
    /// The step.
    public var title: String
    /// Multiply-adds of matrix products and convolutions, as lowered and as optimized.
    public var multiplyAdds: (lowered: Double, optimized: Double)
    /// The result that differs most, or one that is not finite.
    public var result: String
    /// By how much of its size it differs; nil where it is not finite, with the passes or without.
    public var difference: Double?
    /// Results that rounding takes across a kink of a piecewise linear function, so that they are not compared.
    public var kinked: [String] = []

    fileprivate var passes: Bool { difference.map { $0 <= PassCheck.bound } ?? false }
  }

  /// One per step.
  public private(set) var rows: [Row] = []

  /// `true` iff no difference is beyond the bound.
  public var passes: Bool { rows.allSatisfy(\.passes) }

  /// Checks an experiment with all passes but `disabled`, on batches of so many `samples`, or as many as a stream has if
  /// that is fewer; of the fewest more where packs or groups of samples do not divide these.
  ///
  /// - Throws: a failure where the spec's data cannot be read.
  public static func run(
    _ experiment: Experiment, samples: Int = defaultSamples, disabled: Set<String> = []
  ) throws(Failure) -> PassCheck {
    do throws(Diagnostic) {
      var compiler = Compiler(precision: .float64, exposes: .gradients)
      compiler.joinsSteps = true
      compiler.disabledPasses = disabled
      let (small, lowered) = try experiment.compiledSmall(samples: samples, by: &compiler)
      let trainer = try Trainer(lowered)
      compiler.optimizes = true
      let optimized = try compiler.compile(small)
      var check = PassCheck()
      for player in trainer.compiled.turns { try check.add(player, trainer, optimized) }
      return check
    } catch { throw Failure(.faultyInput, DiagnosticBag([error])) }
  }

  private mutating func add(
    _ player: ModulePlayer, _ trainer: Trainer, _ optimized: CompiledExperiment
  ) throws(Diagnostic) {
    let step = trainer.nextStep(of: player, index: 0)
    let lowered = trainer.compiled.functions[step.function]
    let arguments = try trainer.arguments(of: step)
    let compared = lowered.function.comparable(in: trainer.compiled.module)
    let byName = Dictionary(
      uniqueKeysWithValues: zip(lowered.function.graph.inputNames, arguments))
    func inputs(of graph: Graph) -> [[Double]] { graph.inputNames.map { byName[$0] ?? [] } }
    func values(of graph: Graph) -> [String: [Double]] {
      let values = evaluate(graph, inputs: inputs(of: graph))
      return Dictionary(uniqueKeysWithValues: zip(graph.resultNames, values))
    }
    let graphs = (
      lowered.executable.graph, optimized.functions[step.function].executable.graph
    )
    let kept = graphs.0.keeping(compared)
    let expected = values(of: kept)
    let comparison = PassComparison(
      expected, values(of: graphs.1.keeping(compared)),
      scales: lowered.function.scales(of: expected)
    ) {
      let rounding = PiecewiseGraph(kept).deviation(inputs(of: kept), by: Self.bound)
      let deviations = Dictionary(uniqueKeysWithValues: zip(kept.resultNames, rounding.results))
      return (deviations, rounding.crossesKink)
    }
    rows.append(
      Row(
        title: lowered.title, multiplyAdds: (graphs.0.multiplyAdds, graphs.1.multiplyAdds),
        result: comparison.largest.result, difference: comparison.largest.difference,
        kinked: comparison.kinked))
  }

  /// The largest difference of two elements, relative to `scale`; nil where one is not finite.
  static func difference(_ a: [Double], _ b: [Double], scale: Double) -> Double? {
    guard (a + b).allSatisfy(\.isFinite) else { return nil }
    guard a.count == b.count else { return .infinity }
    let error = zip(a, b).lazy.map { ($0 - $1).magnitude }.max() ?? 0
    return error == 0 ? 0 : error / scale
  }
}

extension Function {
  /// Names of the results that are no parameters and no state of the optimizer.
  fileprivate func comparable(in module: Module) -> Set<String> {
    let buffers = Set(
      module.variables.filter { variable in
        switch variable.role {
        case .buffer, .average: true
        case .parameter, .optimizer, .parameterAverage, .shadow: false
        }
      }.map(\.name))
    return Set(
      zip(graph.resultNames, results).filter { _, target in
        if case .variable(let name) = target { buffers.contains(name) } else { true }
      }.map(\.0))
  }

  /// The largest element of each result, and of a gradient that of all its tensors: it is one vector, of which a part
  /// that is zero but for rounding (a bias before batch norm) has no size of its own.
  fileprivate func scales(of values: [String: [Double]]) -> [String: Double] {
    var largest: [String: Double] = [:]
    let groups = zip(graph.resultNames, results).map { name, target in
      switch target {
      case .gradient: (name, "total gradient")
      case .penaltyGradient(let penalty, _): (name, "gradient of " + penalty)
      case .variable, .scalar, .value: (name, name)
      }
    }
    for (name, group) in groups {
      let size = values[name]?.lazy.map(\.magnitude).max() ?? 0
      largest[group] = max(largest[group] ?? 0, size)
    }
    return Dictionary(uniqueKeysWithValues: groups.map { ($0.0, largest[$0.1] ?? 0) })
  }
}

extension Graph {
  /// The graph of the named results alone.
  fileprivate func keeping(_ names: Set<String>) -> Graph {
    var copy = self
    let kept = resultNames.indices.filter { names.contains(resultNames[$0]) }
    copy.results = kept.map { results[$0] }
    copy.resultNames = kept.map { resultNames[$0] }
    return Pass.eliminateDeadCode.run(copy)
  }
}

// MARK: - Report

extension PassCheck {
  /// The table, and a line that says whether all is well.
  public var findings: Findings {
    var table = FindingsTable([
      .words("step", "step"), .numbers("multiply-adds", "multiply_adds"),
      .numbers("optimized", "optimized_multiply_adds"),
      .numbers("largest difference", "largest_difference"), .words("in", "result"),
      .hidden("passes"), .words("", "skipped"),
    ])
    for row in rows { table.add(row.cells) }
    let failed = rows.count { !$0.passes }
    let skipped = rows.reduce(0) { $0 + $1.kinked.count }
    let bound = formatted("%.0e", Self.bound)
    var findings = Findings()
    findings.add("steps", table: table)
    findings.add(line: "")
    findings.add(
      line: "\(counted(rows.count, "step")), "
        + (failed == 0 ? "all within \(bound)" : "\(failed) not within \(bound)")
        + (skipped > 0 ? ", \(counted(skipped, "result")) skipped" : ""),
      ("passes", .boolean(passes)), ("bound", .number(Self.bound)), ("failed", .integer(failed)))
    return findings
  }
}

extension PassCheck.Row {
  fileprivate var cells: [FindingsTable.Cell] {
    let (lowered, optimized) = multiplyAdds
    let isTooFar = !passes && difference != nil
    return [
      .text(title), .init(groupedText(Int(lowered)), .integer(Int(lowered))),
      .init(groupedText(Int(optimized)), .integer(Int(optimized))),
      difference.map { .number($0, "%.1e") } ?? .nothing("not finite"), .text(result),
      .init("", .boolean(passes)),
      .init(isTooFar ? "TOO FAR" : remark, .list(kinked.map(JSONValue.text))),
    ]
  }

  private var remark: String {
    guard let first = kinked.first else { return "" }
    let more = kinked.count > 1 ? " and \(kinked.count - 1) more" : ""
    return "skipped: \(first)\(more), at a kink"
  }
}
