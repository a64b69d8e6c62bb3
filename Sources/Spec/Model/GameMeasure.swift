/// A measure of the game that no expression states: of gradients, of weights, or of steps that are taken back.
package enum GameMeasure: Hashable, Sendable {
  /// How the gradient of `player` turns while `adversary` alone takes `steps` more steps, each number beyond the one
  /// before.
  case optimality(player: String, adversary: String, steps: [Int])
  /// The cosine between the gradients of a player's loss and of one of its penalties.
  case penaltyCosine(player: String, penalty: String)
  /// Norms of the gradient of a player's loss, of each layer.
  case layerGradients(player: String)
  /// How far a round moves each layer of a player, relative to the layer's norm.
  case updateRatio(player: String)
  /// The largest singular value of each weight of a player.
  case singularValues(player: String)
}

extension GameMeasure {
  /// What is measured, in words that tell it from others of its name.
  package var settings: String {
    switch self {
    case .optimality(let player, let adversary, let steps):
      "gradient of \(player) while \(adversary) takes "
        + "\(steps.map(String.init).joined(separator: ", ")) more steps"
    case .penaltyCosine(let player, let penalty): "gradients of \(player) and of \(penalty)"
    case .layerGradients(let player): "gradient of \(player)"
    case .updateRatio(let player): "a round of \(player)"
    case .singularValues(let player): "weights of \(player), in evaluation mode"
    }
  }

  /// Whether it sees samples, whose number then belongs to the protocol.
  package var usesSamples: Bool {
    switch self {
    case .optimality, .penaltyCosine, .layerGradients: true
    case .updateRatio, .singularValues: false
    }
  }
}
