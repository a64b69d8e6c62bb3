import Diagnostics
import Layers
import Optimizers
import Syntax

/// Checks the expressions of all players and makes them of their drafts.
struct GameChecker {
  private let drafts: [PlayerDraft]
  private let networks: [Network]
  let streams: [Stream]
  /// Names that a reported fault left without meaning; expressions that name them are not checked.
  private var failed: Set<String>
  let context: CheckingContext
  private var environment: ExpressionEnvironment
  private let scalars: [String: ScheduledNumber]
  private let sharedOptimizer: SpecNode?
  /// Players of whom a faulty objective would have said what they do.
  private let unknownPlayers: Set<String>

  init(
    _ drafts: [PlayerDraft], unknown: Set<String> = [], _ definitions: Definitions,
    networks: [Network], streams: [Stream],
    numbers: GameNumbers, failed: Set<String>, optimizer: SpecNode?, _ context: CheckingContext
  ) {
    self.drafts = drafts
    unknownPlayers = unknown
    self.networks = networks
    self.streams = streams
    self.failed = failed.union(unknown).union(numbers.failed)
    self.context = context
    scalars = numbers.named
    sharedOptimizer = optimizer
    environment = ExpressionEnvironment()
    environment.streams = Dictionary(streams.map { ($0.name, $0.shape) }) { first, _ in first }
    for network in networks {
      environment.networks[network.name] = ExpressionEnvironment.NetworkSignature(
        inputs: network.inputs.map(\.shape),
        output: network.hasUnnamedOutput ? network.output : nil, outputs: network.outputs)
    }
    environment.stepNumbers = numbers.scalars
    environment.state = Dictionary(
      uniqueKeysWithValues: numbers.state.map { ($0.name.text, $0.shape) })
    environment.functions = definitions.functions
    environment.roles = definitions.roles
    environment.playerRoles = definitions.playerRoles
    for draft in drafts { environment.players[draft.name.text] = draft.trains.map(\.text) }
  }

  /// The players, those with a fault left out.
  mutating func check() -> [Player] {
    var checked: [String: Player] = [:]
    var begun: Set<String> = []
    for draft in drafts where !unknownPlayers.contains(draft.name.text) || !draft.trains.isEmpty {
      checkTrains(draft)
    }
    for draft in drafts { check(draft, &checked, &begun) }
    var players = drafts.compactMap { checked[$0.name.text] }
    for draft in drafts {
      let penalties = draft.penalties.compactMap { makePenalty($0) }
      if let index = players.firstIndex(where: { $0.name == draft.name.text }) {
        players[index].penalties = penalties
        players[index].gradientTransforms = rules(.gradientTransform, of: draft)
        players[index].constraints = rules(.constraint, of: draft)
      }
    }
    warnAboutIdleNetworks()
    return players
  }

  /// Checks what a player minimizes, after the players whose loss it names.
  private mutating func check(
    _ draft: PlayerDraft, _ checked: inout [String: Player], _ begun: inout Set<String>
  ) {
    guard begun.insert(draft.name.text).inserted else { return }
    let texts = draft.lets.map(\.text) + (draft.minimizes.map { [$0] } ?? [])
    for name in environment.playersNamed(in: texts).sorted() {
      if let needed = drafts.first(where: { $0.name.text == name }) {
        check(needed, &checked, &begun)
      }
    }
    guard let player = makePlayer(draft) else { return }
    checked[player.name] = player
    environment.playerNetworks[player.name] = ExpressionRules(
      players: Array(checked.values), streams: streams
    ).reach(player.minimizes, player.bindings)
    environment.playerDerivativeOrders[player.name] = player.minimizes.derivativeOrder
  }

  /// The player without its penalties, whose meaning depends on what all players minimize.
  private func makePlayer(_ draft: PlayerDraft) -> Player? {
    let name = draft.name.text
    let what = "player '\(name)'"
    var optimizer: Optimizer?
    if let own = draft.optimizer {
      let node = sharedOptimizer.map { $0.merged(under: own) } ?? own
      optimizer = Optimizer.read(
        node, "'optimizer' of \(what)", at: ["players", name, "optimizer"], context,
        scalars: scalars)
    } else if let shared = sharedOptimizer {
      optimizer = Optimizer.read(
        shared, "'optimizer'", at: ["optimizer"], context, scalars: scalars)
    } else {
      context.error(
        "\(unknownPlayers.contains(name) ? "a player" : what) has no optimizer",
        at: draft.usedAt ?? draft.name.span,
        hint: "add optimizer: {type: adam, lr: 1e-4}")
    }
    guard let text = draft.minimizes else { return nil }
    let expression = ExpressionDraft(
      lets: draft.lets, value: text, numbers: draft.numbers, usedAt: draft.usedAt)
    guard let (bindings, value) = check(expression, scope: name, valueName: "minimizes") else {
      return nil
    }
    guard let optimizer else { return nil }
    return Player(
      name: name, trains: draft.trains.map(\.text), steps: draft.steps,
      moreSteps: draft.moreSteps, batch: draft.batch,
      batchSpan: draft.batchSpan,
      minimizes: value, bindings: bindings, penalties: [], optimizer: optimizer,
      optimizerSpan: (draft.optimizer ?? sharedOptimizer)?.span,
      span: draft.usedAt ?? draft.name.span)
  }

  private func makePenalty(_ draft: RegularizerDraft) -> Penalty? {
    let name = draft.name.text
    if !unknownPlayers.contains(name), drafts.contains(where: { $0.name.text == name }) {
      context.error(
        "penalty '\(name)' has the name of a player", at: draft.name.span,
        hint: "give it another 'name'")
    }
    if name == "loss" {
      context.error(
        "penalty 'loss' has the name of the loss itself", at: draft.name.span,
        hint: "both are logged; give it another 'name'")
    }
    guard let (bindings, value) = check(draft.expression, scope: name, valueName: "value") else {
      return nil
    }
    let (weight, schedule) = draft.weighting.resolved(by: scalars)
    return Penalty(
      name: name, weight: weight, schedule: schedule,
      every: draft.weighting.every, ownStep: draft.weighting.ownStep, bindings: bindings,
      value: value, span: draft.name.span)
  }

  private func rules(_ kind: RegularizerKind, of player: PlayerDraft) -> [TensorRule] {
    player.rules.filter { $0.kind == kind }.compactMap { makeRule($0, of: player) }
  }

  /// Transforms of all weights of a network, because its player asks for them.
  func weightTransforms() -> [String: any WeightTransform] {
    var asked: [String: (text: LocatedText, transform: any WeightTransform)] = [:]
    for player in drafts {
      for rule in player.rules where rule.kind == .weightTransform {
        let text = rule.expression.value
        guard let transform = WeightTransforms.named(text.text) else {
          let known = WeightTransforms.names
          context.error(
            "there is no weight transform '\(text.text)'", at: text.span,
            hint: suggestion(for: text.text, among: known)
              ?? "weight transforms are \(listing(known))")
          continue
        }
        for network in player.trains {
          if let other = asked[network.text]?.text {
            context.error(
              "network '\(network.text)' has two weight transforms, '\(other.text)' and '\(text.text)'",
              at: text.span, hint: "leave one out: a weight is what one of them makes of it")
            continue
          }
          asked[network.text] = (text, transform)
        }
      }
    }
    return asked.mapValues(\.transform)
  }

  private mutating func checkTrains(_ draft: PlayerDraft) {
    if draft.trains.isEmpty, draft.minimizes != nil {
      context.error(
        "player '\(draft.name.text)' trains no network", at: draft.name.span, hint: "add trains: G")
    }
    let trained = networks.filter { draft.trains.map(\.text).contains($0.name) }
    if let first = draft.trains.first, !trained.isEmpty, !trained.contains(where: \.hasParameters) {
      context.adopt(
        Diagnostic(
          .error, "player '\(draft.name.text)' trains '\(first.text)', which has no parameters",
          at: first.span, hint: "a layer such as linear or conv has some"
        ).placed(at: draft.usedAt))
    }
    for text in draft.trains
    where environment.networks[text.text] == nil && !failed.contains(text.text) {
      let known = networks.map(\.name)
      failed.insert(text.text)
      context.adopt(
        Diagnostic(
          .error, "player '\(draft.name.text)' trains '\(text.text)', but there is no such network",
          at: text.span,
          hint: known.isEmpty
            ? nil : "networks are \(listing(known)); say 'trains' in 'players'"
        ).placed(at: draft.usedAt))
    }
  }

  private func warnAboutIdleNetworks() {
    guard unknownPlayers.isEmpty else { return }
    let trained = Set(drafts.flatMap { $0.trains.map(\.text) })
    for network in networks where !trained.contains(network.name) && !drafts.isEmpty {
      context.diagnostics.insert(
        Diagnostic(.warning, "no player trains network '\(network.name)'", at: network.span))
    }
  }

  /// The player that a name or a role means.
  func playerName(of name: String) -> String { environment.playerRoles[name] ?? name }

  // MARK: Expressions

  func check(
    _ draft: ExpressionDraft, scope: String, valueName: String, type: ValueType? = .scalar,
    subject: (name: String, networks: [String])? = nil
  ) -> (bindings: [LetBinding], value: TypedExpression)? {
    guard mentions(draft).isDisjoint(with: failed) else { return nil }
    var environment = environment
    environment.numbers = context.numbers.merging(draft.numbers) { $1 }
    environment.scope = scope
    environment.parameterNames = Set(draft.numbers.keys)
    environment.isOfEntry = draft.usedAt != nil
    environment.subject = subject
    var checker = ExpressionChecker(environment: environment)
    if context.notesMeanings {
      checker.observe = { [context] in context.noteMeaning(of: $0, $1.meaning) }
    }
    let value = ExpressionChecker.NamedValue(name: valueName, text: draft.value, type: type)
    let result = checker.checkBlock(
      lets: draft.lets.map { (name: $0.name.text, nameSpan: $0.name.span, text: $0.text) },
      values: [value])
    var adopted = DiagnosticBag()
    // A role that is used twice in one definition is faulty at one place of the spec.
    var seen: Set<Diagnostic> = []
    for diagnostic in checker.diagnostics.sorted {
      // A `let` that only some choices of the prelude's entry use is not the user's to mend.
      let isPrelude = diagnostic.span?.file.name.hasPrefix(Prelude.namePrefix) ?? false
      if isPrelude, diagnostic.level == .warning { continue }
      let placed = diagnostic.placed(at: draft.usedAt)
      var bare = placed
      bare.notes = []
      if seen.insert(bare).inserted { adopted.insert(placed) }
    }
    context.adopt(adopted)
    return result.map { ($0.bindings, $0.values[0]) }
  }

  /// Names that the draft's texts name, through functions and roles as well.
  private func mentions(_ draft: ExpressionDraft) -> Set<String> {
    var open = draft.lets.map(\.text.identifiers).reduce(draft.value.identifiers) { $0.union($1) }
    var seen: Set<String> = []
    while let name = open.popFirst() {
      guard seen.insert(name).inserted else { continue }
      for function in [environment.functions[name], environment.roles[name]] {
        if let function { open.formUnion(function.body.identifiers) }
      }
      if let player = environment.playerRoles[name] { open.insert(player) }
      if let networks = environment.players[name] { open.formUnion(networks) }
    }
    return seen
  }
}

extension Diagnostic {
  /// The message at the line of the spec that uses a definition of the prelude, with a note at its own place there.
  func placed(at use: SourceSpan?) -> Diagnostic {
    guard let use, let span, span.file.name.hasPrefix(Prelude.namePrefix) else { return self }
    var result = self
    result.span = use
    result.notes.insert(Diagnostic(.note, "this is the line of the prelude", at: span), at: 0)
    return result
  }
}
