/// What a logged round tells, before it is made into a bar, a line or JSON.
struct ProgressReport {
  var round: Int
  var rounds: Int
  var scalars: [StepScalars]
  /// Seconds of training so far, earlier parts of the run included.
  var seconds: Double
  /// Of late; 0 where nothing was measured yet.
  var roundsPerSecond: Double

  /// Seconds until the last round at the present speed.
  var secondsLeft: Double? {
    roundsPerSecond > 0 ? Double(rounds - round) / roundsPerSecond : nil
  }

  /// `discriminator loss -1.5 wgan_gp 0.02 (x10)`: each penalty with its weight.
  var scalarTexts: [String] {
    scalars.map { step in
      let weights = Dictionary(
        step.values.filter { $0.name.hasSuffix(".weight") }.map { ($0.name, $0.value) },
        uniquingKeysWith: { first, _ in first })
      let terms = step.values.filter { !$0.name.hasSuffix(".weight") }.map { name, value in
        let weight = weights["\(name).weight"].map { " (x\(shortText($0)))" } ?? ""
        return "\(name) \(shortText(value))\(weight)"
      }
      return "\(step.player): \(terms.joined(separator: ", "))"
    }
  }

  /// `round 200/20000  discriminator: loss -1.5  160 rounds/s  2:03 left`.
  var line: String {
    var parts = ["round \(round)/\(rounds)"] + scalarTexts
    if roundsPerSecond > 0 { parts.append("\(speedText) rounds/s") }
    if let secondsLeft, round < rounds { parts.append("\(clockText(seconds: secondsLeft)) left") }
    return parts.joined(separator: "  ")
  }

  var speedText: String { formatted(roundsPerSecond < 99.5 ? "%.3g" : "%.0f", roundsPerSecond) }
}
