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
/// Drawing samples is predicted as rounds are; comparing them by counting operations. What a feature network adds is not
/// known here, since its spec is read with the first measurement.
public struct EvaluationEstimate {
  private struct Row {
    let name: String
    let times: Int
    let samples: Int
    /// Seconds of one measurement, without comparing where features are not known.
    let seconds: Double
    let bytes: Int?
  }

  private let rows: [Row]

  /// Measures the machine's ceilings, which takes about a tenth of a second.
  ///
  /// - Throws: a failure where memory or threads are lacking.
  public init(_ compiled: CompiledExperiment, of experiment: Experiment) throws(Failure) {
    guard !experiment.metrics.isEmpty, let sampling = compiled.sampling else {
      rows = []
      return
    }
    let ceiling = try MachineCeiling.measure(compiled.engineOptions)
    let function = compiled.functions[sampling]
    let drawing = function.executable.program.steps.reduce(0) {
      $0
        + CostTable.shipped.seconds(
          of: $1, gigaflops: ceiling.gigaflops, gigabytes: ceiling.gigabytes,
          compiled.engineOptions)
    }
    let batch = max(1, function.function.graph.resultTypes[0].shape.dimensions.first ?? 1)
    let rounds = experiment.train.rounds
    rows = experiment.metrics.compactMap { entry in
      guard case .named(_, let declaration) = entry.measure else { return nil }
      let width = (experiment.output.sample?.shape ?? []).reduce(1, *)
      let seen = entry.samples + entry.reals
      let operations = declaration.work.operations(rows: seen, columns: width)
      let draws = drawing * Double((entry.samples + batch - 1) / batch)
      // Features are compared in double precision, at half the speed.
      let comparing = entry.features == nil ? operations / (ceiling.gigaflops * 0.5e9) : 0
      return Row(
        name: entry.name, times: 1 + (entry.every > 0 ? (rounds - 1) / entry.every : 0),
        samples: entry.samples, seconds: draws + comparing,
        bytes: entry.features == nil ? 8 * seen * width : nil)
    }
  }

  /// Adds a line for each metric of samples: `metric fid: 11 times 10,000 samples, about 2.1 s and 130 MB each`.
  public func add(to findings: inout Findings) {
    let list = rows.map { row -> Findings in
      let each = row.seconds < 0.1 ? "under 0.1 s" : "about \(formatted("%.2g", row.seconds)) s"
      let rest = row.bytes.map { " and \(byteText($0)) each" } ?? " each, and its feature network"
      var findings = Findings()
      findings.add(
        line: "metric \(row.name): \(groupedText(row.times)) time\(row.times == 1 ? "" : "s") "
          + "\(groupedText(row.samples)) samples, \(each)\(rest)",
        ("name", .text(row.name)), ("times", .integer(row.times)),
        ("samples", .integer(row.samples)), ("predicted_seconds_each", .number(row.seconds)),
        ("bytes", row.bytes.map(JSONValue.integer) ?? .null))
      return findings
    }
    if !list.isEmpty { findings.add("metrics", list: list) }
  }
}
