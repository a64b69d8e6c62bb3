import Diagnostics
import Syntax

/// A number of a weight transform in its long form, `spectral_norm: {eps: 1e-6}`.
struct TransformNumber: Sendable {
  let name: String
  /// What stands in for it.
  let fallback: Double
  let range: ClosedRange<Double>
  var isWhole = false
}

extension Form {
  /// `true`, `false`, or a mapping of numbers, which `make` gets in the order of `numbers`.
  static func transform<Transform: WeightTransform>(
    _ numbers: [TransformNumber], _ make: @escaping @Sendable ([Double]) -> Transform
  ) -> Form where Value == Transform? {
    let names = numbers.map(\.name)
    return Form(
      "`true` or `false`" + (names.isEmpty ? "" : ", or `{\(names.joined(separator: ", "))}`"),
      schema: names.isEmpty ? .boolean : .any, text: { $0 == nil ? "false" : "true" }
    ) { node, what, context in
      guard let entries = node.entries, !names.isEmpty else {
        guard let isWanted = context.boolean(node, what) else { return nil }
        return .some(isWanted ? make(numbers.map(\.fallback)) : nil)
      }
      var values = numbers.map(\.fallback)
      for entry in entries {
        let name = entry.key.text
        guard let place = names.firstIndex(of: name) else {
          context.error(
            "unknown key '\(name)' in \(what)", at: entry.key.span,
            hint: suggestion(for: name, among: names)
              ?? "allowed: " + names.joined(separator: ", "))
          continue
        }
        let number = numbers[place]
        values[place] = read(number, entry.value, "'\(name)' of \(what)", context)
      }
      return .some(make(values))
    }
  }

  private static func read(
    _ number: TransformNumber, _ node: SpecNode, _ what: String, _ context: CheckingContext
  ) -> Double {
    let value =
      number.isWhole
      ? context.integer(node, what, in: Int(number.range.lowerBound)...Int(number.range.upperBound))
        .map { Double($0) }
      : context.number(node, what, in: number.range)
    return value ?? number.fallback
  }
}
