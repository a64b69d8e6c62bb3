import Console

/// What a logged round tells, before it is made into a bar, a line or JSON.
struct ProgressReport {
  var round: Int
  var rounds: Int
  var scalars: [StepScalars]
  /// `player/penalty` of weights that are chosen anew each step.
  var automatic: Set<String>
  /// Seconds of training so far, earlier parts of the run included.
  var seconds: Double
  /// The latest speed; 0 where nothing was measured yet.
  var roundsPerSecond: Double
  /// The share of the time of late in which steps waited for data, or copied it; in [0, 1].
  var dataShare: Double

  /// Seconds until the last round at the present speed.
  var secondsLeft: Double? {
    roundsPerSecond > 0 ? Double(rounds - round) / roundsPerSecond : nil
  }

  /// Scalars whose values a player's step chooses, weights only where they are automatic.
  private func terms(of step: StepScalars) -> [(name: String, value: Double, weight: Double?)] {
    let suffix = ".weight"
    return step.values.filter { !$0.name.hasSuffix(suffix) }.map { name, value in
      let weight = step.values.first { $0.name == name + suffix }?.value
      let isAutomatic = automatic.contains("\(step.player)/\(name)")
      return (name, value, isAutomatic ? weight : nil)
    }
  }

  /// One text per player: `generator: loss 0.3, advas 0.02 (x0.5)`.
  private var scalarTexts: [String] {
    scalars.map { step in
      let texts = terms(of: step).map { name, value, weight in
        "\(name) \(shortText(value))" + (weight.map { " (x\(shortText($0)))" } ?? "")
      }
      return "\(step.player): \(texts.joined(separator: ", "))"
    }
  }

  /// All players in one short text: `discriminator -1.5 wgan_gp 0.02  generator 0.3 advas 0.02x0.5`.
  var compactText: String {
    scalars.map { step in
      let texts = terms(of: step).map { name, value, weight in
        (name == "loss" ? "" : name + " ") + formatted("%.3g", value)
          + (weight.map { formatted("x%.2g", $0) } ?? "")
      }
      return ([step.player] + texts).joined(separator: " ")
    }.joined(separator: "  ")
  }

  /// `round 200/20000  discriminator: loss -1.5  160 rounds/s  2:03 left`; what data costs where that is much.
  var line: String {
    var parts = ["round \(round)/\(rounds)"] + scalarTexts
    if roundsPerSecond > 0 { parts.append("\(speedText) rounds/s") }
    // Less is not worth a reader's attention.
    if dataShare >= 0.05 { parts.append(formatted("%.0f%% of the time for data", 100 * dataShare)) }
    if let secondsLeft, round < rounds { parts.append("\(clockText(seconds: secondsLeft)) left") }
    return parts.joined(separator: "  ")
  }

  var speedText: String { formatted(roundsPerSecond < 99.5 ? "%.3g" : "%.0f", roundsPerSecond) }
}
