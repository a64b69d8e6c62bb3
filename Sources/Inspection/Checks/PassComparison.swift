/// The results of one step as lowered and as optimized, side by side.
struct PassComparison {
  /// How far each result moves under rounding, and whether that crosses a kink.
  typealias Rounding = (deviations: [String: Double], crossesKink: Bool)

  /// The result that differs most, and by how much of its size; nil where it is not finite.
  private(set) var largest: (result: String, difference: Double?) = ("none", 0)
  /// Results that rounding takes across a kink.
  private(set) var kinked: [String] = []

  /// Several kinks next to each other move a result further than the one that a disturbed run crosses.
  private static let mostOfAKink = 100.0

  /// Compares by `scales` and, what then differs, by what `rounding` of a relative `PassCheck.bound` makes of it.
  init(
    _ expected: [String: [Double]], _ actual: [String: [Double]], scales: [String: Double],
    rounding: () -> Rounding
  ) {
    var found: Rounding?
    for (name, values) in expected.sorted(by: { $0.key < $1.key }) {
      let other = actual[name] ?? []
      let scale = scales[name] ?? 0
      var difference = PassCheck.difference(values, other, scale: scale)
      if let plain = difference, plain > PassCheck.bound {
        let rounding = found ?? rounding()
        found = rounding
        let deviation = rounding.deviations[name] ?? 0
        let distance = PassCheck.difference(values, other, scale: 1) ?? .infinity
        if rounding.crossesKink, distance <= Self.mostOfAKink * deviation {
          kinked.append(name)
          continue
        }
        let size = max(scale, deviation / PassCheck.bound)
        difference = PassCheck.difference(values, other, scale: size)
      }
      if difference ?? .infinity > largest.difference ?? .infinity { largest = (name, difference) }
    }
  }
}
