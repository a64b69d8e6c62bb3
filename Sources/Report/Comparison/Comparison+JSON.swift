import Console
import JSON
import Metrics
import Training

extension Comparison {
  /// All of it on one line; what is not finite is null.
  package var json: String { value.line + "\n" }

  var value: JSONValue {
    .object([
      ("by", .text(key)), ("seeds", .list(seeds.map(JSONValue.text))),
      ("sides", .list(sides.map(Self.describe))),
      (
        "contrasts",
        .list(
          zip(sides.dropFirst(), contrasts).flatMap { side, rows in
            rows.map { describe($0, of: side) }
          })
      ),
    ])
  }

  private static func describe(_ side: Side) -> JSONValue {
    .object([
      ("value", .text(side.label)), ("runs", .list(side.runs.map { .text($0.path) })),
    ])
  }

  private func describe(_ contrast: Contrast, of side: Side) -> JSONValue {
    let difference = contrast.difference
    var members: [(String, JSONValue)] = [
      ("metric", .text(contrast.key.metric)), ("figure", .text(contrast.key.name)),
      ("protocol", .text(contrast.key.protocolText)), ("round", .integer(contrast.round)),
      ("first", .text(sides[0].label)), ("second", .text(side.label)),
      ("first_values", .list(contrast.first.map(JSONValue.number))),
      ("second_values", .list(contrast.second.map(JSONValue.number))),
    ]
    if let better = contrast.key.better { members.append(("better", .text(better.rawValue))) }
    guard contrast.isFinite else { return .object(members) }
    members.append(("difference", .number(difference.mean)))
    if contrast.differences.count > 1 {
      members += [
        ("low", .number(difference.interval.lowerBound)),
        ("high", .number(difference.interval.upperBound)),
        ("p", .number(contrast.probability)),
      ]
    }
    if let wins = contrast.wins { members.append(("second_is_better_in", .integer(wins))) }
    return .object(members)
  }
}
