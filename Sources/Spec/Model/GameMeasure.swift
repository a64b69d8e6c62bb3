/// A measure of the game that no expression states: of gradients, of weights, or of steps that are taken back.
package enum GameMeasure: Hashable, Sendable {
  /// How the gradient of `player` turns while `adversary` alone takes `steps` more steps from `start` on, each number
  /// beyond the one before.
  case optimality(player: String, adversary: String, steps: [Int], start: AdversaryStart)
  /// The cosine between the gradients of a player's loss and of one of its penalties.
  case penaltyCosine(player: String, penalty: String)
  /// Norms of the gradient of a player's loss, of each layer.
  case layerGradients(player: String)
  /// How far a round moves each layer of a player, relative to the layer's norm.
  case updateRatio(player: String)
  /// The largest singular value of each weight of a player.
  case singularValues(player: String)
  /// How far samples move, squared, on short steps of paths.
  case pathLength(SamplePath)
}

/// Paths that samples are compared on.
package struct SamplePath: Hashable, Sendable {
  /// The network between whose values lines are drawn; nil for paths between latent values.
  package var network: String?
  /// How far apart two neighbours are, the whole path being 1.
  package var step: Double
  /// Whether the step is at the path's beginning, or anywhere.
  package var isAtEnds: Bool

  fileprivate var settings: String {
    let course = network.map { "lines between values of \($0)" } ?? "paths between latent values"
    return "\(course), steps of \(step) \(isAtEnds ? "at their ends" : "anywhere")"
  }
}

/// Who goes on in the place of an adversary.
package enum AdversaryStart: Hashable, Sendable {
  /// The adversary itself, or a copy of it.
  case own
  /// One that begins as the run's own began.
  case fresh
  /// That of another run of the same networks, by a checkpoint.
  case checkpoint(path: String)

  /// In words; which run it is of does not tell figures apart, since each run of a comparison has another.
  fileprivate var settings: String {
    switch self {
    case .own: ""
    case .fresh: "a fresh "
    case .checkpoint: "another run's "
    }
  }
}

extension GameMeasure {
  /// What is measured, in words that tell it from others of its name.
  package var settings: String {
    switch self {
    case .optimality(let player, let adversary, let steps, let start):
      "gradient of \(player) while \(start.settings)\(adversary) takes "
        + "\(steps.map(String.init).joined(separator: ", ")) more \(steps == [1] ? "step" : "steps")"
    case .penaltyCosine(let player, let penalty): "gradients of \(player) and of \(penalty)"
    case .layerGradients(let player): "gradient of \(player)"
    case .updateRatio(let player): "a round of \(player)"
    case .singularValues(let player): "weights of \(player), in evaluation mode"
    case .pathLength(let path): path.settings
    }
  }

  /// Whether it sees samples, whose number then belongs to the protocol.
  package var usesSamples: Bool {
    switch self {
    case .optimality, .penaltyCosine, .layerGradients, .pathLength: true
    case .updateRatio, .singularValues: false
    }
  }
}
