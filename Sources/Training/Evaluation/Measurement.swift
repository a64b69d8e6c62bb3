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
        measurement.name, JSONValue.object(figures + [("protocol", .text(measurement.protocolID))])
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
