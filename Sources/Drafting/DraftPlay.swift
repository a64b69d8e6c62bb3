import Spec

/// What the players minimise, and how they move.
struct DraftPlay {
  let objective: String
  let regularizers: [String]
  let stream: DraftStream

  /// Regularizers without which an objective does not train.
  static let needed = [
    "wgan": ["wgan_gp"], "hinge": ["spectral_norm"], "non_saturating": ["r1"], "minimax": ["r1"],
  ]

  var text: String {
    var lines = ["# " + Self.summary(of: objective, in: .objectives), "objective: \(objective)"]
    if !regularizers.isEmpty {
      lines.append("regularizers:")
      for name in regularizers {
        lines += ["  # " + Self.summary(of: name, in: .regularizers), "  - \(entry(name))"]
      }
    }
    if holdsSlope, stream.isPicture {
      lines.append("# a critic that is ahead gives gradients worth following")
      lines.append("players: {discriminator: {steps: \(regularizers.contains("wgan_gp") ? 5 : 2)}}")
    }
    lines.append(optimizer)
    return lines.joined(separator: "\n")
  }

  /// The prelude's own line about an entry.
  private static func summary(of name: String, in catalogue: Catalogue) -> String {
    catalogue.entries.first { $0.name == name }?.summary ?? name
  }

  /// `true` iff the discriminator's slope is bound, as Wasserstein distances need it.
  private var holdsSlope: Bool {
    objective == "wgan" && regularizers.contains { $0.hasPrefix("wgan_") || $0 == "max_gp" }
  }

  /// Weights that papers use on data of this kind, where the prelude has no default or one for pictures alone.
  private func entry(_ name: String) -> String {
    switch name {
    case "wgan_gp" where !stream.isPicture:
      "wgan_gp: {weight: 0.1}     # for points; 10 is for pictures"
    case "wgan_gp", "wgan_lp", "wgan_gp0", "dragan": "\(name): {weight: 10}"
    case "r1", "r2": "\(name): {weight: \(stream.isPicture ? 10 : 1)}"
    case "advas": "advas     # its weight is chosen anew at every step"
    default: name
    }
  }

  private var optimizer: String {
    let isBound = holdsSlope || regularizers.contains("spectral_norm")
    let betas = isBound ? "[0, 0.9]" : "[0.5, 0.999]"
    let rate = stream.isPicture ? (holdsSlope ? "1e-4" : "2e-4") : "1e-3"
    return "optimizer: {type: adam, lr: \(rate), betas: \(betas)}"
  }
}
