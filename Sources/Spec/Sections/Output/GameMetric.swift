import Diagnostics
import Syntax

/// A measure of the game itself, not of its samples.
struct GameMetric {
  /// How it is computed.
  enum Form {
    /// An expression; `PLAYER` stands for the player. In training mode networks are evaluated as in steps.
    case expression(String, isTraining: Bool)
    /// By functions of its own.
    case measure(@Sendable (Subject) -> GameMeasure)
  }

  /// Of whom and of what it is measured, checked.
  struct Subject {
    var player: String
    var adversary = ""
    var penalty = ""
    var steps: [Int] = []
    var start = AdversaryStart.own
    var path = SamplePath(network: nil, step: 0, isAtEnds: false)
  }

  let name: String
  let synonyms: [String]
  let summary: String
  /// Keys beside those of all metrics.
  let keys: [any AnyKey]
  let form: Form

  init(
    _ name: String, synonyms: [String] = [], _ summary: String, keys: [any AnyKey] = [],
    _ form: Form
  ) {
    self.name = name
    self.synonyms = synonyms
    self.summary = summary
    self.keys = keys
    self.form = form
  }

  static func named(_ name: String) -> GameMetric? { all.first { $0.name == name } }

  /// What `explain` shows of the computation; nil where no expression states it.
  var formula: String? {
    if case .expression(let text, _) = form { text } else { nil }
  }

  /// An expression in a file of its own, as those of the prelude are.
  func located(_ expression: String, player: String?) -> LocatedText {
    let text = expression.replacing("PLAYER", with: player ?? "")
    let file = SourceFile(name: "\(Prelude.namePrefix)metric \(name)>", text: text)
    let count = text.utf8.count
    return LocatedText(
      text: text, file: file, offsets: Array(0..<count), span: SourceSpan(file, 0, count))
  }
}

// MARK: - Keys

extension GameMetric {
  static let player = Key<LocatedText>.required(
    "player", .text, example: "player: generator", "Whose loss and parameters.")
  static let subject = Key<LocatedText?>.optional(
    "player", .text, or: "`generator`", "Whose gradient is looked at.")
  static let adversary = Key<LocatedText?>.optional(
    "adversary", .text, or: "the role `adversary`",
    "Who goes on training, while all others stand still.")
  static let steps = Key(
    "steps", .rising, default: [1, 5, 25, 125], "After how many steps, in ascending order.")
  static let start = Key<LocatedText?>.optional(
    "start", .text, or: "`own`",
    "Who goes on: `own`, the adversary as it is; `fresh`, one that begins as it began; or a checkpoint of another run of the same networks."
  )
  static let penalty = Key<LocatedText>.required(
    "penalty", .text, example: "penalty: advas",
    "One of the player's penalties, without a step of its own.")
}

extension GameMetric {
  static let space = Key<LocatedText?>.optional(
    "space", .text, or: "`latents`",
    "Between what: `latents`, normal ones along great arcs, others along lines; or the values of a network that samples go through, along lines, as StyleGAN's w are those of its mapping."
  )
  static let step = Key(
    "step", .number(in: 1e-6...1), default: 1e-4,
    "How far apart two neighbours are, the whole path being 1.")
  static let place = Key(
    "at", .choice(["anywhere", "ends"]), default: "anywhere",
    "Where on a path the step is.")

  /// Keys of a measure of samples on paths.
  static let ofPaths: [any AnyKey] = [MetricKeys.features, space, step, place]
}

extension Form where Value == [Int] {
  /// Whole numbers, each larger than the one before.
  fileprivate static var rising: Form {
    Form("list of whole numbers", schema: .integers, text: { describe(shape: $0) }) {
      node, what, context in
      guard let values = context.integers(node, what, in: 0...100_000) else { return nil }
      guard !values.isEmpty, zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) else {
        context.error(
          "\(what) must rise, but found \(describe(shape: values))", at: node.span,
          hint: "write, for example, [1, 5, 25]")
        return nil
      }
      return values
    }
  }
}

// MARK: - The table

extension GameMetric {
  static let all = [
    GameMetric(
      "adversary_gradient", synonyms: ["advas_r"],
      "r, the squared norm of the gradient of the discriminator's loss with respect to its parameters, on the whole batch: 0 where the adversary is optimal, whether AdvAs is on or not. Munk, Harvey and Wood 2020.",
      .expression("sumsq(grad(loss(discriminator), params(discriminator)))", isTraining: true)),
    GameMetric(
      "optimality", synonyms: ["adversary_optimality", "gradient_cosine"],
      "How near the adversary is to its best answer: a copy of it takes `k` more steps while all others stand still, and `cosine_k` compares the player's gradient before and after, 1 at an optimal adversary, `distance_k` is ‖g₀ − g_k‖/‖g_k‖, 0 there. With another `start`, the gradient before is that of the adversary itself, and `self_cosine_k` and `self_distance_k` are beside the one that it starts with. Munk, Harvey and Wood 2020, section 3.",
      keys: [subject, adversary, steps, start],
      .measure {
        .optimality(
          player: $0.player, adversary: $0.adversary, steps: $0.steps, start: $0.start)
      }),
    GameMetric(
      "gradient_norm", synonyms: ["grad_norm"],
      "Norm of the gradient of a player's loss, without its penalties, with respect to all that it trains.",
      keys: [player], .expression("norm(grad(loss(PLAYER), params(PLAYER)))", isTraining: true)),
    GameMetric(
      "layer_gradients",
      "Norms of the gradient of a player's loss, without its penalties, of each layer and of `all`; the gradient is the mean over the samples.",
      keys: [player], .measure { .layerGradients(player: $0.player) }),
    GameMetric(
      "update_ratio", synonyms: ["update_to_weight_ratio"],
      "‖Δw‖/‖w‖ of each layer that a player trains and of `all`: what a round of the game would change, its learning rates those of the round just done. About 1e-3 is usual.",
      keys: [player], .measure { .updateRatio(player: $0.player) }),
    GameMetric(
      "penalty_cosine",
      "Cosine between the gradients of a player's loss and of one of its penalties, mean over batches: below 0 they pull against each other.",
      keys: [player, penalty],
      .measure { .penaltyCosine(player: $0.player, penalty: $0.penalty) }),
    GameMetric(
      "singular_values", synonyms: ["spectral_norms"],
      "The largest singular value of each weight of a player, as its layer multiplies by it: about 1 under spectral norm. Axes but that of the outputs are one, as in Miyato and others 2018.",
      keys: [player], .measure { .singularValues(player: $0.player) }),
    GameMetric(
      "path_length", synonyms: ["ppl", "perceptual_path_length", "ppl2_wend"],
      "Mean of ‖f(G(t)) − f(G(t + ε))‖²/ε² over pairs of samples that are ε apart on paths, in the features of a network, else of the samples themselves; what is not between the percentiles 1 and 99 is left out. Less is smoother. Karras and others 2019, section 4.1, with LPIPS for f.",
      keys: ofPaths, .measure { .pathLength($0.path) }),
    GameMetric(
      "score_margin", synonyms: ["critic_gap", "wasserstein_estimate"],
      "Mean score of reals less that of generated samples; the critic's estimate of the distance in a Wasserstein game.",
      .expression("mean(score(real)) - mean(score(fake))", isTraining: false)),
    GameMetric(
      "score_accuracy", synonyms: ["discriminator_accuracy"],
      "Share of reals that score above 0 and of generated samples that do not, averaged: 1 of a discriminator that tells all apart, ½ of one that guesses.",
      .expression("(mean(score(real) > 0) + mean(score(fake) <= 0))/2", isTraining: false)),
  ]
}
