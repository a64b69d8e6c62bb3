import Compilation
import Console
import Execution
import JSON
import Metrics
import Modules
import Planning
import Spec
import TensorIR
import Training

/// What the metrics of a spec will cost, before anything is measured.
///
/// Drawing samples, and looking at them through feature networks, is predicted as rounds are; comparing them by counting
/// operations.
public struct EvaluationEstimate {
  private struct Row {
    let name: String
    let times: Int
    let samples: Int
    /// Seconds of one measurement.
    let seconds: Double
    /// Seconds for the reals, which are looked at once.
    let onceSeconds: Double
    let bytes: Int
  }

  private let rows: [Row]

  /// Steps of a search that one thread takes in a second (ExactWasserstein, 500 to 2,000 samples).
  private static let searchSpeed = 1.6e9

  /// Compiles feature networks, and measures the machine's ceilings, which takes about a tenth of a second.
  ///
  /// - Throws: a failure where memory or threads are lacking, or the spec of a feature network is faulty.
  public init(_ compiled: CompiledExperiment, of experiment: Experiment) throws(Failure) {
    guard !experiment.metrics.isEmpty, let sampling = compiled.sampling else {
      rows = []
      return
    }
    let options = compiled.engineOptions
    let ceiling = try MachineCeiling.measure(options)
    let drawing = Self.seconds(of: compiled, sampling, ceiling)
    let graph = compiled.functions[sampling].function.graph
    let batch = max(1, graph.resultTypes[0].shape.dimensions.first ?? 1)
    let rounds = experiment.train.rounds
    var rows: [Row] = []
    for entry in experiment.metrics {
      guard case .named(let metric, let declaration) = entry.measure else { continue }
      var width = (experiment.output.sample?.shape ?? []).reduce(1, *)
      var looking = 0.0
      if let source = entry.features {
        let seen = try CompiledFeatures(source, view: source.view(of: declaration), options)
        width = seen.width
        looking = Self.seconds(of: seen.compiled, 0, ceiling) / Double(seen.batch)
      }
      let operations = declaration.work.operations(
        rows: entry.samples + entry.reals, columns: width)
      let draws = drawing * Double((entry.samples + batch - 1) / batch)
      // Features are compared in double precision, at half the speed.
      let comparing = operations / (ceiling.gigaflops * 0.5e9)
      let search = metric.searchSteps(rows: min(entry.samples, entry.reals)) / Self.searchSpeed
      rows.append(
        Row(
          name: entry.name, times: 1 + (entry.every > 0 ? (rounds - 1) / entry.every : 0),
          samples: entry.samples,
          seconds: draws + looking * Double(entry.samples) + comparing + search,
          onceSeconds: looking * Double(entry.reals),
          bytes: 8 * (entry.samples + entry.reals) * width))
    }
    self.rows = rows
  }

  /// Of one run of a function.
  private static func seconds(
    of compiled: CompiledExperiment, _ function: Int, _ ceiling: MeasuredProfile.Ceiling
  ) -> Double {
    compiled.functions[function].executable.program.steps.reduce(0) {
      $0
        + CostTable.shipped.seconds(
          of: $1, gigaflops: ceiling.gigaflops, gigabytes: ceiling.gigabytes,
          compiled.engineOptions)
    }
  }

  /// Adds a line for each metric of samples: `metric fid: 11 times 10,000 samples, about 2.1 s and 130 MB each`.
  public func add(to findings: inout Findings) {
    let list = rows.map { row -> Findings in
      let once = row.onceSeconds < 0.1 ? "" : ", and \(Self.span(row.onceSeconds)) for the reals"
      var findings = Findings()
      findings.add(
        line: "metric \(row.name): \(groupedText(row.times)) time\(row.times == 1 ? "" : "s") "
          + "\(groupedText(row.samples)) samples, \(Self.span(row.seconds)) and "
          + "\(byteText(row.bytes)) each\(once)",
        ("name", .text(row.name)), ("times", .integer(row.times)),
        ("samples", .integer(row.samples)), ("predicted_seconds_each", .number(row.seconds)),
        ("predicted_seconds_once", .number(row.onceSeconds)), ("bytes", .integer(row.bytes)))
      return findings
    }
    if !list.isEmpty { findings.add("metrics", list: list) }
  }

  private static func span(_ seconds: Double) -> String {
    seconds < 0.1 ? "under 0.1 s" : "about \(formatted("%.2g", seconds)) s"
  }
}
