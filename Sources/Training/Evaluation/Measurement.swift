import Compilation
import Console
import JSON
import Metrics

/// The figures of one metric at one time, with how they were made.
struct Measurement: Sendable {
  var name: String
  var figures: [Figure]
  /// Tells figures that may stand in one column from others: a digest of the protocol.
  var protocolID: String
  /// What there is to see beside the figures.
  var detail: MetricDetail?

  /// `fid 12.3 (floor 1.2, spread 0.3)`.
  var line: String {
    let rest = figures.dropFirst().map { "\($0.name) \(shortText($0.value))" }
    guard let first = figures.first else { return name }
    let label = first.name == "value" ? name : "\(name) \(first.name)"
    return "\(label) \(shortText(first.value))"
      + (rest.isEmpty ? "" : " (\(rest.joined(separator: ", ")))")
  }

  /// Members of a line of `metrics.jsonl`; JSON has no infinities, so what is not finite is null and named.
  static func members(of all: [Measurement]) -> [(String, JSONValue)] {
    let metrics = all.map { measurement in
      let figures = measurement.figures.map { ($0.name, JSONValue.number($0.value)) }
      return (
        measurement.name,
        JSONValue.object(
          figures + [("protocol", .text(measurement.protocolID))]
            + (measurement.detail?.members ?? []))
      )
    }
    let lost = all.flatMap { measurement in
      measurement.figures.filter { !$0.value.isFinite }.map {
        JSONValue.text("\(measurement.name).\($0.name)")
      }
    }
    return [("metrics", .object(metrics))] + (lost.isEmpty ? [] : [("nonfinite", .list(lost))])
  }

  /// One line of JSON with the figures of all.
  static func json(round: Int, _ all: [Measurement]) -> String {
    JSONValue.object([("round", .integer(round))] + members(of: all)).line
  }
}

extension MetricDetail {
  /// Members of a metric's object that are no figures.
  fileprivate var members: [(String, JSONValue)] {
    func list(_ counts: [Int]) -> JSONValue { .list(counts.map(JSONValue.integer)) }
    switch self {
    case .classes(let reals, let generated):
      return [("classes", .object([("reals", list(reals)), ("generated", list(generated))]))]
    case .neighbours(let places, let copies):
      return [
        (
          "neighbours",
          .object([
            ("shown", .integer(places.count)), ("each", .integer(places.first?.count ?? 0)),
            ("copies", list(copies.indices.filter { copies[$0] })),
          ])
        )
      ]
    }
  }
}
