import Diagnostics
import Layers
import Syntax

/// A doubt about a spec that is not wrong: a warning with a name, which `lint: {silence: [name]}` switches off.
enum Lint: String, CaseIterable {
  /// Batch norm makes a sample's score depend on the others, so that a penalty on per-sample gradients is about
  /// something else. (Gulrajani et al. 2017, section 4.)
  case batchNormUnderGradientPenalty = "batch_norm_under_gradient_penalty"
  /// WGAN's critic is to be Lipschitz, and nothing makes it so.
  case unconstrainedCritic = "unconstrained_critic"
  /// The objective applies the sigmoid, or a margin, to raw scores.
  case boundedScore = "bounded_score"
  /// The generator cannot reach the range of the data, or reaches far beyond it.
  case outputRange = "output_range"
  /// An entry of `define` or a block that nothing uses.
  case unusedDefinition = "unused_definition"
  /// One regularizer twice for one player.
  case repeatedRegularizer = "repeated_regularizer"
  /// A penalty whose gradient by all that its player trains is 0, so that it is only logged.
  case idlePenalty = "idle_penalty"
  /// A player that `train.order` leaves out, so that it never moves.
  case idlePlayer = "idle_player"
  /// Rounds at the end of a run in which a player's learning rate is 0.
  case idleRate = "idle_rate"
  /// Samples that look like no data, so that no pictures are made of them.
  case undrawnSamples = "undrawn_samples"

  /// What it warns of, in one sentence.
  var meaning: String {
    switch self {
    case .batchNormUnderGradientPenalty:
      "A penalty on gradients of single samples, taken through a network with batch norm, which ties samples together."
    case .unconstrainedCritic:
      "Objective `wgan` without a penalty on gradients, a constraint or a weight transform to keep its critic Lipschitz."
    case .boundedScore:
      "An objective of raw scores, such as `hinge`, whose discriminator ends in `sigmoid` or `tanh`, or samples that go through a second `sigmoid`."
    case .outputRange:
      "Samples that end in `tanh` or `sigmoid` beside data of another `range`, such as [0, 1] under `tanh`, or pixels from 0 to 255."
    case .unusedDefinition: "A function, layer, objective, regularizer or block that nothing uses."
    case .repeatedRegularizer: "One regularizer twice for one player."
    case .idlePenalty:
      "A penalty that does not depend on the parameters of its player, so that it is logged and changes nothing."
    case .idlePlayer: "A player that `order` of `train` leaves out, so that it never moves."
    case .idleRate:
      "A learning rate whose `schedule` is at 0 before the last round, so that the rounds after it change nothing."
    case .undrawnSamples:
      "Samples of which no pictures are made: neither images nor points nor what data looks like, or without a range."
    }
  }

  /// Reads `lint: {silence: [...]}`.
  static func readSilenced(_ node: SpecNode?, _ context: CheckingContext) -> Set<Lint> {
    guard let node, !node.isNull else { return [] }
    var reader = MappingReader(node, "'lint'", at: ["lint"], context)
    let names = reader.given(LintKeys.silence) ?? []
    reader.finish()
    let known = allCases.map(\.rawValue)
    return names.reduce(into: []) { silenced, name in
      if let lint = Lint(rawValue: name.text) {
        silenced.insert(lint)
      } else {
        context.error(
          "there is no lint '\(name.text)'", at: name.span,
          hint: suggestion(for: name.text, among: known) ?? "lints are \(listing(known))")
      }
    }
  }
}

/// The keys of `lint`.
enum LintKeys {
  static let silence = Key.optional(
    "silence", Form<[LocatedText]>.names("list of lints"), "Warnings that are not wanted.")

  static let all: [any AnyKey] = [silence]
}

/// Looks for what is probably not meant.
struct Linter {
  let silenced: Set<Lint>
  let context: CheckingContext

  func warn(
    _ lint: Lint, _ message: String, at span: SourceSpan?, hint: String, notes: [Diagnostic] = []
  ) {
    guard !silenced.contains(lint) else { return }
    context.diagnostics.insert(
      Diagnostic(
        .warning, "\(message) [\(lint.rawValue)]", at: span, hint: hint, notes: notes))
  }

  /// All lints about a checked experiment whose objective is called `objective` and whose scores `critic` makes.
  func check(_ experiment: Experiment, objective: LocatedText?, critic: String) {
    for player in experiment.players {
      for penalty in player.penalties {
        checkBatchNorm(penalty, experiment)
        checkReach(penalty, of: player, experiment)
      }
    }
    if let objective, let critic = experiment.players.first(where: { $0.name == critic }) {
      checkCritic(experiment, objective, critic)
      checkScore(experiment, objective, critic)
    }
    checkOutputRange(experiment)
    checkPlay(experiment)
  }

  // MARK: Batch norm

  private func checkBatchNorm(_ penalty: Penalty, _ experiment: Experiment) {
    var found: (network: Network, layer: Layer)?
    for root in penalty.bindings.map(\.value) + [penalty.value] {
      visit(root, []) { part in
        guard case .gradient(let value, let target) = part.term, found == nil else { return }
        let name: Term
        switch target {
        case .stream(let stream): name = .stream(stream)
        case .binding(let binding): name = .binding(binding)
        case .parameters: return
        }
        visit(value, penalty.bindings) { inner in
          guard case .call(let network, let arguments, _) = inner.term, found == nil,
            arguments.contains(where: { mentions($0, name, penalty.bindings) }),
            let network = experiment.networks.first(where: { $0.name == network }),
            let layer = network.allLayers.first(where: \.mixesSamples)
          else { return }
          found = (network, layer)
        }
      }
    }
    guard let (network, layer) = found else { return }
    let name = layer.definition.map { type(of: $0).name } ?? "batch_norm"
    let what = name == "batch_norm" ? "batch norm" : "'\(name)'"
    warn(
      .batchNormUnderGradientPenalty,
      "penalty '\(penalty.name)' is about gradients of single samples, but \(what) in '\(network.name)' ties them together",
      at: penalty.span, hint: "leave \(what) out of '\(network.name)'",
      notes: [Diagnostic(.note, "the layer is here", at: layer.span)])
  }

  /// Visits all parts of the value, and of those of `bindings` that it names, each once.
  private func visit(
    _ expression: TypedExpression, _ bindings: [LetBinding], _ body: (TypedExpression) -> Void
  ) {
    var open = [expression]
    var named: Set<String> = []
    while let next = open.popLast() {
      body(next)
      open += next.operands.reversed()
      if case .binding(let name) = next.term, named.insert(name).inserted {
        open += bindings.filter { $0.name == name }.map(\.value)
      }
    }
  }

  /// Whether the value names `name`, itself or through the `let` values that it names.
  private func mentions(
    _ expression: TypedExpression, _ name: Term, _ bindings: [LetBinding]
  ) -> Bool {
    var isMentioned = false
    visit(expression, bindings) { part in
      switch (part.term, name) {
      case (.stream(let a), .stream(let b)): isMentioned = isMentioned || a == b
      case (.binding(let a), .binding(let b)): isMentioned = isMentioned || a == b
      default: break
      }
    }
    return isMentioned
  }

  // MARK: Reach

  private func checkReach(_ penalty: Penalty, of player: Player, _ experiment: Experiment) {
    let rules = ExpressionRules(players: experiment.players, streams: experiment.streams)
    let networks = rules.reach(penalty.value, penalty.bindings)
    guard networks.isDisjoint(with: player.trains) else { return }
    let others = networks.sorted()
    warn(
      .idlePenalty,
      "penalty '\(penalty.name)' does not depend on the parameters of \(listing(player.trains)), which player '\(player.name)' trains, and changes nothing",
      at: penalty.span,
      hint: others.isEmpty
        ? "it depends on no parameters" : "it depends on those of \(listing(others))")
  }

  // MARK: Critics

  private func checkCritic(
    _ experiment: Experiment, _ objective: LocatedText, _ critic: Player
  ) {
    guard objective.text == "wgan" else { return }
    let isPenalized = critic.penalties.contains { $0.value.derivativeOrder > 0 }
    let isNormalized = experiment.networks.contains { network in
      critic.trains.contains(network.name) && network.allLayers.contains { $0.transform != nil }
    }
    guard !isPenalized, critic.constraints.isEmpty, !isNormalized else { return }
    warn(
      .unconstrainedCritic, "nothing keeps the critic of 'wgan' Lipschitz", at: objective.span,
      hint: "add a regularizer: wgan_gp, spectral_norm or weight_clipping")
  }

  /// Objectives whose formula takes raw scores.
  private static let rawScores: Set<String> = [
    "wgan", "hinge", "non_saturating", "minimax", "relativistic", "relativistic_average",
  ]

  private func checkScore(
    _ experiment: Experiment, _ objective: LocatedText, _ critic: Player
  ) {
    guard Self.rawScores.contains(objective.text) else { return }
    for network in experiment.networks
    where critic.trains.contains(network.name) && network.hasUnnamedOutput {
      guard let last = network.layers.last, let declaration = last.declaration,
        declaration.range != nil
      else { continue }
      let name = declaration.name
      warn(
        .boundedScore,
        "'\(objective.text)' takes raw scores, but '\(network.name)' ends in \(name)",
        at: last.span, hint: "leave out the last layer")
    }
  }
}

// MARK: - Unused and repeated

extension Linter {
  /// Entries of the user's `define` and `blocks` whose names no text names.
  func checkUse(_ definitions: [(kind: String, name: LocatedText)], words: Set<String>) {
    for (kind, name) in definitions where !words.contains(name.text) {
      warn(
        .unusedDefinition, "\(kind) '\(name.text)' is never used", at: name.span,
        hint: "use it or leave it out")
    }
  }

  /// Regularizers of one type that one player takes twice.
  func checkRepetition(_ uses: [(type: LocatedText, player: String)]) {
    var first: [String: LocatedText] = [:]
    for (type, player) in uses {
      let key = "\(type.text) of \(player)"
      if let known = first[key] {
        warn(
          .repeatedRegularizer, "player '\(player)' takes '\(type.text)' twice", at: type.span,
          hint: "leave one of them out",
          notes: [Diagnostic(.note, "the first one is here", at: known.span)])
      } else {
        first[key] = type
      }
    }
  }
}

extension Layer {
  var declaration: LayerDeclaration? { definition.map { type(of: $0).declaration } }
}

extension SpecNode {
  /// Every word that could be a name, in values and keys below.
  var words: Set<String> {
    switch content {
    case .scalar(let text, _): text.identifiers
    case .sequence(let items): items.reduce(into: []) { $0.formUnion($1.words) }
    case .mapping(let entries):
      entries.reduce(into: []) { $0.formUnion($1.key.identifiers.union($1.value.words)) }
    }
  }
}
