import Compilation
import Console
import Diagnostics
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

  /// Compiles feature networks; `ceiling` is the machine's, as the prediction of a round has measured it.
  ///
  /// - Throws: a failure where the spec of a feature network is faulty.
  public init(
    _ compiled: CompiledExperiment, of experiment: Experiment, _ ceiling: MeasuredProfile.Ceiling
  ) throws(Failure) {
    guard !experiment.metrics.isEmpty, let sampling = compiled.sampling else {
      rows = []
      return
    }
    let options = compiled.engineOptions
    let graph = compiled.functions[sampling].function.graph
    let sampler = Sampler(
      seconds: compiled.functions[sampling].seconds(ceiling, options),
      batch: max(1, graph.resultTypes[0].shape.dimensions.first ?? 1),
      width: (experiment.output.sample?.shape ?? []).reduce(1, *))
    var rows: [Row] = []
    for entry in experiment.metrics {
      let times = 1 + (entry.every > 0 ? (experiment.train.rounds - 1) / entry.every : 0)
      guard let row = try Self.row(of: entry, times: times, sampler, ceiling, options) else {
        continue
      }
      rows.append(row)
    }
    self.rows = rows
  }

  /// What makes samples: of a batch, how long that takes and how large it is; numbers in a sample.
  private struct Sampler {
    let seconds: Double
    let batch: Int
    let width: Int
  }

  /// Nil for what measures no samples.
  private static func row(
    of entry: MetricEntry, times: Int, _ sampler: Sampler, _ ceiling: MeasuredProfile.Ceiling,
    _ options: EngineOptions
  ) throws(Failure) -> Row? {
    var (width, looking) = (sampler.width, 0.0)
    func see(_ view: CompiledFeatures.View) throws(Failure) {
      guard let source = entry.features else { return }
      let seen = try CompiledFeatures(source, view: view, options)
      width = seen.width
      let network = seen.compiled.functions[0]
      looking = network.seconds(ceiling, seen.compiled.engineOptions) / Double(seen.batch)
    }
    let draws = sampler.seconds * Double((entry.samples + sampler.batch - 1) / sampler.batch)
    switch entry.measure {
    case .expression: return nil
    case .game(.pathLength):
      try see(.features)
      return Row(
        name: entry.name, times: times, samples: entry.samples,
        seconds: 2 * (draws + looking * Double(entry.samples)), onceSeconds: 0,
        bytes: 8 * 2 * min(entry.samples, 500) * width)
    case .game: return nil
    case .named(let metric, let declaration):
      try see(entry.features?.view(of: declaration) ?? .features)
      let seen = entry.samples + entry.reals
      // Features are compared in double precision, at half the speed.
      let comparing =
        metric.work.operations(rows: seen, columns: width) / (ceiling.gigaflops * 0.5e9)
      let search =
        metric.searchSteps(samples: entry.samples, reals: entry.reals) / searchSpeed
      return Row(
        name: entry.name, times: times, samples: entry.samples,
        seconds: draws + looking * Double(entry.samples) + comparing + search,
        onceSeconds: looking * Double(entry.reals),
        bytes: 8 * seen * width + metric.work.bytes(rows: seen, columns: width))
    }
  }

  /// Adds a line for each metric of samples: `metric fid: 11 times 10,000 samples, about 2.1 s and 130 MB each`.
  public func add(to findings: inout Findings) {
    let list = rows.map { row -> Findings in
      let once = row.onceSeconds < 0.1 ? "" : ", and \(Self.span(row.onceSeconds)) for the reals"
      var findings = Findings()
      findings.add(
        line: "metric \(row.name): \(groupedText(row.times)) \(plural("time", row.times)) "
          + "\(groupedText(row.samples)) \(plural("sample", row.samples)), \(Self.span(row.seconds)) and "
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
