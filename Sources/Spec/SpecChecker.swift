import Diagnostics
import Layers
import Syntax

/// Checks a composed tree section by section and makes an experiment of it.
struct SpecChecker {
  static let version = 1

  let context: CheckingContext
  let variables: Variables
  /// Networks without a fault.
  private(set) var networks: [Network] = []

  /// The experiment, or nil after a diagnostic.
  mutating func check(_ tree: SpecNode) -> Experiment? {
    var top = MappingReader(tree, "the spec", at: [], place: tree.span, context)
    checkVersion(&top)
    let name = top.value(of: SpecKeys.name) ?? "experiment"
    let seed = top.value(of: SpecKeys.seed) ?? 0
    var names = Namespace()
    for entry in top.take(SpecKeys.vars)?.entries ?? [] {
      _ = names.claim(entry.key, as: "variable", context)
    }

    var streams = StreamChecker(context)
    streams.check(data: top.take(SpecKeys.data), latent: top.take(SpecKeys.latent), &names)
    let written = WrittenLayers.prelude.layers.adding(define: tree["define"], context)
    let blocks = BlockDefinition.read(top.take(SpecKeys.blocks), written, context)
    var networks = NetworkChecker(blocks: blocks, written: written, streams: streams, context)
    networks.check(top.take(SpecKeys.networks), of: tree.span, &names)
    self.networks = networks.networks

    context.totalRounds = totalRounds(tree)
    let failed = streams.failed.union(networks.failed).union(variables.failed)
    let linter = Linter(
      silenced: Lint.readSilenced(top.take(SpecKeys.lint), context), context: context)
    let words = tree.wordsOfUse
    let numbers = GameNumbers(&top, &names)
    context.scalarNames = Set(numbers.named.keys)
    let game = checkGame(
      &top, streams.streams, networks.networks, numbers, failed, words: words, &names)
    let state = game.checker.checkState(numbers, players: game.players)
    var train = Training.read(
      top.take(SpecKeys.train), of: tree.span, players: game.names, streams: streams.streams,
      update: game.rule.update,
      names: names, context)
    game.rule.checkSteps(of: game.players, context)
    let steps = OwnSteps(of: game.players, game.rule, context)
    ExpressionRules(players: steps.players, streams: streams.streams)
      .check(networks.networks, context)
    train.order = steps.order(train.order)
    train.checkBatches(of: steps.players, streams: streams.streams, context)
    let averages = NetworkAverage.read(
      top.take(SpecKeys.ema), networks: networks.networks, players: game.players,
      streams: streams.streams, failed: failed, context)
    let output = Output.read(
      &top, networks: networks.networks, streams: streams.streams, averages: averages,
      map: game.sampleMap, game: game.checker, players: game.players, failed: failed, context)
    let metrics = MetricsChecker(
      game: game.checker, streams: streams.streams, networks: networks.networks,
      sample: output.sample, averages: averages, players: game.players, context: context
    ).read(&top)
    let detectors = DetectorsChecker(
      players: game.players, metrics: metrics, context: context
    ).read(top.take(SpecKeys.detectors))
    top.finish(allowing: "x-")
    guard !context.diagnostics.hasErrors else { return nil }
    let transformed = networks.networks.map { network in
      guard let transform = game.transforms[network.name] else { return network }
      var copy = network
      copy.layers = network.layers.map { $0.transformed(by: transform) }
      return copy
    }
    let experiment = Experiment(
      name: name, seed: seed, streams: streams.streams, networks: transformed,
      players: steps.players,
      state: state, train: train, averages: averages, output: output, metrics: metrics,
      detectors: detectors)
    // The author's players, with their penalties, whatever steps these take.
    var authored = experiment
    authored.players = game.players
    linter.check(authored, objective: game.objective, critic: game.critic)
    linter.checkRepetition(game.uses)
    linter.checkUse(ownDefinitions(in: tree), words: words)
    return experiment
  }

  /// What the spec defines for itself, by kind.
  private func ownDefinitions(in tree: SpecNode) -> [(kind: String, name: LocatedText)] {
    let sections = [
      ("function", tree["define"]?["functions"]), ("objective", tree["define"]?["objectives"]),
      ("regularizer", tree["define"]?["regularizers"]), ("layer", tree["define"]?["layers"]),
      ("block", tree["blocks"]),
    ]
    return sections.flatMap { kind, section in
      (section?.entries ?? []).map { (kind: kind, name: $0.key.definedName) }
    }
  }

  private func checkVersion(_ top: inout MappingReader) {
    guard let version = top.value(of: SpecKeys.spec), version != Self.version else { return }
    context.error(
      "this is a spec of version \(version), but this compiler reads version \(Self.version)",
      at: top.take(SpecKeys.spec)?.span)
  }

  /// `train.total` ahead of its own check, which reports its faults.
  private func totalRounds(_ tree: SpecNode) -> Int {
    let scratch = CheckingContext()
    scratch.numbers = context.numbers
    return tree["train"]?["total"].flatMap { scratch.rounds($0, "'total'", from: 1) } ?? 1
  }

  private func checkGame(
    _ top: inout MappingReader, _ streams: [Stream], _ networks: [Network],
    _ numbers: GameNumbers, _ failed: Set<String>, words: Set<String>, _ names: inout Namespace
  ) -> Game {
    var (definitions, defaultBind) = Prelude.load(context)
    if let define = top.take(SpecKeys.define) {
      var reader = MappingReader(define, "'define'", at: ["define"], context)
      definitions.readFunctions(&reader, &names)
      definitions.readEntries(&reader)
      // Networks have been checked with them.
      _ = reader.take(DefineKeys.layers)
      reader.finish()
    }
    let objective = top.take(SpecKeys.objective)
    let players = top.take(SpecKeys.players)
    let bind = top.take(SpecKeys.bind)
    // Roles may stand for players, whose names the objective and the spec choose.
    let playerNames = Set(players?.entries?.map(\.key.text) ?? [])
      .union(definitions.objectives.values.flatMap { $0.players.map(\.key.text) })
    definitions.readBind(bind, players: playerNames, isDefault: false, &names, context)
    definitions.readBind(defaultBind, players: playerNames, isDefault: true, &names, context)
    definitions.reportUnknownRoles(in: bind, defaults: defaultBind, words: words, names, context)

    var game = GameReader(definitions, context)
    game.readObjective(objective, &names)
    game.readRegularizers(top.take(SpecKeys.regularizers))
    game.readPlayers(players, of: top.place, &names)
    let optimizer = top.take(SpecKeys.optimizer)
    let rule = UpdateRule.read(top.take(SpecKeys.train), definitions, context)
    game.addConsensus(rule)
    var checker = GameChecker(
      game.players, unknown: game.unknownPlayers, definitions, networks: networks, streams: streams,
      numbers: numbers, failed: failed,
      optimizer: optimizer, context)
    let checked = checker.check()
    return Game(
      names: game.players.map(\.name.text), players: checked, checker: checker,
      transforms: checker.weightTransforms(), objective: game.objective,
      sampleMap: game.sampleMap,
      critic: definitions.player("discriminator"), uses: game.uses, rule: rule)
  }

  private struct Game {
    /// Players of the spec, faulty ones too.
    var names: [String]
    var players: [Player]
    var checker: GameChecker
    /// What the layers of a network multiply by, where its player asks for a transform.
    var transforms: [String: any WeightTransform]
    var objective: LocatedText?
    /// What samples of a network go through, by the objective.
    var sampleMap: (String) -> SampleSource.Map
    /// The player that scores, where there is one.
    var critic: String
    /// Which regularizer each player takes.
    var uses: [(type: LocatedText, player: String)]
    var rule: UpdateRule
  }
}
