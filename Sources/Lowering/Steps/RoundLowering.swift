import Modules
import Optimizers
import Spec
import TensorIR

/// Writes a player's step as a function of its own.
func lowerStep(
  of player: Player, due: [Penalty], phase: StepPhase, of experiment: Experiment,
  options: LoweringOptions
) -> Function {
  let builder = GraphBuilder(element: options.element)
  let scope = StepScope(
    player: player.name, shared: experiment.train.shared, aliases: phase.aliases(of: experiment))
  var step = StepLowering(
    player: player, due: due, of: experiment, scope: scope, builder: builder, options: options)
  experiment.noteRivals(of: player, in: builder)
  let shadowed = Set(experiment.shadowed.map(\.name))
  let results = step.lower().compactMap { result in
    phase.redirect(
      result.target, shadowed, experiment.train.update, isRecorded: options.exposeGradients
    ).map { target in
      var redirected = result
      redirected.target = target
      return redirected
    }
  }
  return Function(
    kind: phase.kind(player: player.name, due: due.map(\.name)), name: "\(player.name).step",
    results: results, builder: builder, sources: step.sources.mapValues { ($0, scope) })
}

/// Writes one step of every player as one graph, in which what their steps have in common is computed once.
///
/// Where players move at once, the gradient that AdvAs looks at is the one that moves the adversary. Where they take
/// turns on the same samples, a sweep through networks that have not moved in between is both players'. A variable that
/// a step has moved is a constant for the derivatives of later steps, as it is between functions.
func lowerRound(due: Set<String>, of experiment: Experiment, options: LoweringOptions) -> Function {
  let builder = GraphBuilder(element: options.element)
  let shadowed = Set(experiment.shadowed.map(\.name))
  var moved: [String: Tensor] = [:]
  var sources: [String: (InputSource, StepScope)] = [:]
  var results: [StepResult] = []
  for player in experiment.moving {
    let scope = StepScope(
      player: player.name, prefix: player.name + "/", shared: experiment.train.shared,
      moved: moved)
    var step = StepLowering(
      player: player, due: player.penalties.filter { due.contains($0.name) }, of: experiment,
      scope: scope, builder: builder, options: options)
    experiment.noteRivals(of: player, in: builder)
    for result in step.lower() {
      if case .variable(let name) = result.target {
        results.removeAll { $0.target == result.target }
        if !shadowed.contains(name) { moved[name] = result.value.moved() }
      }
      results.append(result)
    }
    sources.merge(step.sources.mapValues { ($0, scope) }) { first, _ in first }
  }
  let names = experiment.moving.flatMap(\.penalties).map(\.name).filter(due.contains)
  return Function(
    kind: .round(due: names), name: "round", results: results, builder: builder, sources: sources)
}

extension Function {
  /// The graph that a builder holds by now, with the meaning that steps gave its inputs and results.
  fileprivate init(
    kind: Kind, name: String, results: [StepResult], builder: GraphBuilder,
    sources: [String: (source: InputSource, scope: StepScope)]
  ) {
    let graph = builder.graph(name: name, results: results.map { ($0.name, $0.value) })
    let used = graph.inputNames.compactMap { sources[$0] }
    self.init(
      kind: kind, graph: graph, ports: used.map { $0.scope.port($0.source) },
      outcomes: results.map { Outcome($0.target, owner: $0.player) }, faults: builder.faults)
  }
}

extension Experiment {
  /// The players that move, in their order.
  var moving: [Player] {
    train.order.compactMap { name in players.first { $0.name == name } }
  }

  /// The streams that all players of a round see alike, and whether it can be one graph for that.
  var sharing: Sharing {
    Sharing(streams: train.shared, obstacle: train.shared.isEmpty ? nil : joinObstacle)
  }

  /// Notes players of a round in which all move at once that train what an earlier one trains: each starts where the
  /// round began, so that of two steps of one network the first would be lost.
  fileprivate func noteRivals(of player: Player, in builder: GraphBuilder) {
    guard train.update != .alternating, train.order.contains(player.name) else { return }
    let saved = builder.origin
    defer { builder.origin = saved }
    builder.origin = Origin(layer: player.name, span: player.span)
    for other in moving.prefix(while: { $0.name != player.name }) {
      for network in player.trains where other.trains.contains(network) {
        builder.note(
          fault:
            "'\(other.name)' and '\(player.name)' both train '\(network)', but all players move at once, and what one of them makes of it would be lost",
          hint: "let one of them train it, or set update: alternating")
      }
    }
  }

  /// What keeps a round from being one graph, where its players share samples; nil where nothing does.
  private var joinObstacle: String? {
    if let player = moving.first(where: { $0.stepCount.most > 1 }) {
      return "'\(player.name)' takes \(player.stepCount.most) steps"
    }
    if train.update == .extragradient { return "each player also looks ahead" }
    if let player = moving.first(where: { $0.host != nil }) {
      return "'\(player.name)' is a step of its own"
    }
    if moving.count < 2 { return "only one player moves" }
    // Each set of penalties that can be due together is a graph to compile.
    let (together, apart) = (
      moving.flatMap(\.penalties).dueSets.count, moving.map(\.penalties.dueSets.count).reduce(0, +)
    )
    return together > 2 * apart
      ? "penalties can be due in \(together) combinations, for each of which it would be a graph"
      : nil
  }
}
