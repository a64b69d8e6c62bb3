/// A graph that measures of the game read, beside those of steps.
public enum GameFunction: Hashable, Sendable {
  /// The gradient of a player's loss, a result for each tensor that it trains.
  case gradient(player: String)
  /// The cosine between the gradients of a player's loss and of one of its penalties.
  case cosine(player: String, penalty: String)
  /// Each weight of a player as its layer multiplies by it, a matrix with a row for each output.
  case weights(player: String)
  /// A step of a player while all others stand still, in which the named penalties are due.
  case step(player: String, due: [String])
  /// Samples on lines between two values of a network, whose place on them is the draw `PathDraw.name`.
  case path(network: String)

  /// `gradient of generator`.
  public var title: String {
    switch self {
    case .gradient(let player): "gradient of \(player)"
    case .cosine(let player, let penalty): "cosine of \(player), \(penalty)"
    case .weights(let player): "weights of \(player)"
    case .step(let player, let due):
      "step of \(player)" + (due.isEmpty ? "" : " [\(due.joined(separator: ", "))]")
    case .path(let network): "samples between values of \(network)"
    }
  }
}

/// The place of a sample on its path.
package enum PathDraw {
  /// What the draw is called.
  package static let name = "path"
}
