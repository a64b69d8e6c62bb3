import Syntax

/// The rounds over which a curve goes from the value to a target: `to`, `start` and `over`.
struct Span: Hashable {
  static let target = Key("to", .nonnegative, default: 0.0, "The value at the end, at least 0.")
  static let start = Key.optional(
    "start", .rounds(from: 0), or: "`0`", "The round, from 0, up to which the value stays.")
  static let length = Key.fromSpec(
    "over", .rounds(from: 1), "`train.total`, less `start`", "Rounds that it takes."
  ) { values, context in max(1, context.totalRounds - (values[start] ?? 0)) }
  static let keys: [any AnyKey] = [target, start, length]

  let target: Double
  let start: Int
  let length: Int

  init(_ values: KeyValues) {
    target = values[Self.target]
    start = values[Self.start] ?? 0
    length = values[Self.length]
  }

  /// How much of the way lies behind the value in a round, from 0 to 1.
  func share(_ round: Int) -> Double {
    min(1, Double(max(0, round - start)) / Double(length))
  }

  var firstRoundAtZero: Int? { target == 0 ? start + length : nil }
}
