import Syntax

/// What curves without an end multiply the value by, and how often: `factor` and `every`.
struct Period: Hashable {
  static let factor = Key.required(
    "factor", .number(in: 0...1), example: "factor: 0.1",
    "What the value is multiplied by every `every` rounds, at most 1.")
  static let length = Key.required(
    "every", .rounds(from: 1), example: "every: 5k steps", "See `factor`.")
  static let keys: [any AnyKey] = [factor, length]

  let factor: Double
  let length: Int

  init(_ values: KeyValues) {
    factor = values[Self.factor]
    length = values[Self.length]
  }
}
