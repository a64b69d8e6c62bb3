import Diagnostics
import Syntax

/// A measure of the game itself, not of its samples: an expression that has a name.
struct GameMetric {
  let name: String
  let synonyms: [String]
  let summary: String
  /// Whether networks are evaluated as in steps.
  let isTraining: Bool
  /// Whether it is about one player, whom `player` names.
  let takesPlayer: Bool
  /// The expression; `PLAYER` stands for the player.
  let value: String

  static let all = [
    GameMetric(
      name: "adversary_gradient", synonyms: ["advas_r"],
      summary:
        "r, the squared norm of the gradient of the discriminator's loss with respect to its parameters, on the whole batch: 0 where the adversary is optimal, whether AdvAs is on or not. Munk, Harvey and Wood 2020.",
      isTraining: true, takesPlayer: false,
      value: "sumsq(grad(loss(discriminator), params(discriminator)))"),
    GameMetric(
      name: "gradient_norm", synonyms: ["grad_norm"],
      summary:
        "Norm of the gradient of a player's loss, without its penalties, with respect to all that it trains.",
      isTraining: true, takesPlayer: true, value: "norm(grad(loss(PLAYER), params(PLAYER)))"),
    GameMetric(
      name: "score_margin", synonyms: ["critic_gap", "wasserstein_estimate"],
      summary:
        "Mean score of reals less that of generated samples; the critic's estimate of the distance in a Wasserstein game.",
      isTraining: false, takesPlayer: false, value: "mean(score(real)) - mean(score(fake))"),
    GameMetric(
      name: "score_accuracy", synonyms: ["discriminator_accuracy"],
      summary:
        "Share of reals that score above 0 and of generated samples that do not, averaged: 1 of a discriminator that tells all apart, ½ of one that guesses.",
      isTraining: false, takesPlayer: false,
      value: "(mean(score(real) > 0) + mean(score(fake) <= 0))/2"),
  ]

  static func named(_ name: String) -> GameMetric? { all.first { $0.name == name } }

  static let player = Key<LocatedText>.required(
    "player", .text, example: "player: generator", "Whose loss and parameters.")

  /// The keys of its own.
  var keys: [any AnyKey] { takesPlayer ? [Self.player] : [] }

  /// The expression, in a file of its own as those of the prelude are.
  func text(player: String?) -> LocatedText {
    let text = value.replacing("PLAYER", with: player ?? "")
    let file = SourceFile(name: "\(Prelude.namePrefix)metric \(name)>", text: text)
    let count = text.utf8.count
    return LocatedText(
      text: text, file: file, offsets: Array(0..<count), span: SourceSpan(file, 0, count))
  }
}
