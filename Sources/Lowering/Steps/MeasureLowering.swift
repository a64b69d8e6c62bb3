import Autodiff
import Layers
import Modules
import Spec
import TensorIR

/// The functions that the game's measures need, each once.
///
/// Steps of a player alone are there already where players move one after the other, in functions of their own:
/// `hasSteps`.
func lowerMeasures(
  of experiment: Experiment, options: LoweringOptions, hasSteps: Bool
) -> [Function] {
  var seen: Set<GameFunction> = []
  return experiment.metrics.flatMap { metric -> [Function] in
    guard case .game(let measure) = metric.measure else { return [] }
    return measure.functions(of: experiment, hasSteps: hasSteps).compactMap { function in
      guard seen.insert(function).inserted else { return nil }
      return MeasureLowering(experiment: experiment, options: options).lower(function)
    }
  }
}

extension GameMeasure {
  fileprivate func functions(of experiment: Experiment, hasSteps: Bool) -> [GameFunction] {
    switch self {
    case .optimality(let player, let adversary, _, _):
      let penalties = experiment.player(adversary).penalties
      let steps = penalties.dueSets.map {
        GameFunction.step(player: adversary, due: $0.map(\.name))
      }
      return [.gradient(player: player)] + (hasSteps ? [] : steps)
    case .penaltyCosine(let player, let penalty): return [.cosine(player: player, penalty: penalty)]
    case .layerGradients(let player): return [.gradient(player: player)]
    case .singularValues(let player): return [.weights(player: player)]
    case .updateRatio: return []
    case .pathLength(let path): return path.network.map { [.path(network: $0)] } ?? []
    }
  }
}

extension Experiment {
  /// The player of this name, which the checker has found.
  fileprivate func player(_ name: String) -> Player {
    guard let player = players.first(where: { $0.name == name }) else {
      preconditionFailure("the checker let the unknown player '\(name)' pass")
    }
    return player
  }
}

/// Writes the functions of measures; their samples are those of the metrics, in batches of the player.
private struct MeasureLowering {
  let experiment: Experiment
  let options: LoweringOptions

  func lower(_ function: GameFunction) -> Function {
    switch function {
    case .gradient(let name):
      let player = experiment.player(name)
      return make(function, of: player) { expressions in
        zip(
          parameterNames(of: player), gradient(of: loss(player, expressions), player, expressions)
        )
        .map { ($0, $1, .gradient(parameter: $0)) }
      }
    case .cosine(let name, let penalty):
      let player = experiment.player(name)
      return make(function, of: player) { expressions in
        let value = cosine(player, penalty, expressions)
        return [("cosine", value, .scalar("cosine"))]
      }
    case .weights(let name):
      let player = experiment.player(name)
      return make(function, of: player) { expressions in
        experiment.networks.filter { player.trains.contains($0.name) }.flatMap { network in
          expressions.weights(of: network).map { ($0.name, $0.matrix, .value) }
        }
      }
    case .step(let name, let due):
      let player = experiment.player(name)
      var step = lowerStep(
        of: player, due: player.penalties.filter { due.contains($0.name) }, phase: .plain,
        of: experiment, options: options)
      step.kind = .measure(function)
      return step
    case .path(let network): return lowerPath(between: network)
    }
  }

  private func make(
    _ function: GameFunction, of player: Player,
    _ body: (ExpressionLowering) -> [(name: String, value: Tensor, target: ResultTarget)]
  ) -> Function {
    let builder = GraphBuilder(element: options.element)
    let scope = StepScope(player: metricOwner)
    let expressions = ExpressionLowering(
      experiment: experiment, scope: scope, builder: builder,
      mergesResampling: options.mergesResampling, batch: player.batch)
    builder.origin = Origin(layer: function.title, span: player.minimizes.span)
    let results = body(expressions)
    let graph = builder.graph(
      name: function.title, results: results.map { ($0.name, $0.value) })
    let inputs = graph.inputNames.compactMap { expressions.sources[$0] }
    return Function(
      kind: .measure(function), graph: graph, ports: inputs.map(scope.port),
      outcomes: results.map { Outcome($0.target, owner: metricOwner) }, faults: builder.faults)
  }

  private func lowerPath(between network: String) -> Function {
    guard let source = experiment.output.sample else {
      preconditionFailure("the checker let paths of no samples pass")
    }
    return lowerPathSampling(source, between: network, of: experiment, options: options)
  }

  private func parameterNames(of player: Player) -> [String] {
    experiment.networks.filter { player.trains.contains($0.name) }.flatMap(\.parameters)
      .map(\.name)
  }

  private func loss(_ player: Player, _ expressions: ExpressionLowering) -> Tensor {
    expressions.loss(
      ExpressionLowering.LossCall(
        player: player.name, penalties: false, half: nil, draw: 1, moving: []))
  }

  private func gradient(
    of value: Tensor, _ player: Player, _ expressions: ExpressionLowering
  ) -> [Tensor] {
    let parameters = expressions.parameters(of: player.trains)
    return zip(parameters, gradients(of: value, withRespectTo: parameters)).map {
      $1 ?? expressions.builder.constant(0, $0.shape)
    }
  }

  /// g·p/(‖g‖‖p‖), not a number where one of both is 0.
  private func cosine(
    _ player: Player, _ name: String, _ expressions: ExpressionLowering
  ) -> Tensor {
    guard let penalty = player.penalties.first(where: { $0.name == name }) else {
      preconditionFailure("the checker let the unknown penalty '\(name)' pass")
    }
    let batch = expressions.batch(of: penalty.value, penalty.bindings)
    let value = expressions.lower(
      penalty.value, ExpressionContext(player: player.name, batch: batch)
    ).tensor
    let own = gradient(of: loss(player, expressions), player, expressions)
    let other = gradient(of: value, player, expressions)
    let products = zip(own, other).map { ($0 * $1).sum() }
    let dot = products.dropFirst().reduce(products[0], +)
    return dot / (norm(of: own) * norm(of: other))
  }

  private func norm(of tensors: [Tensor]) -> Tensor {
    Reduction.norm.apply(to: .parameters(tensors), over: .all)
  }
}

extension ExpressionLowering {
  /// The weights of a network as its layers multiply by them in evaluation mode, by their names.
  fileprivate func weights(of network: Network) -> [(name: String, matrix: Tensor)] {
    var lowering = NetworkLowering(builder: builder, mode: .evaluation) { name, _, _, _ in
      preconditionFailure("no weight draws '\(name)'")
    }
    lowering.scope = scope
    for variable in network.variables {
      let name = scope.storedName(of: variable.name)
      sources[name] = .variable(name)
    }
    return network.allLayers.flatMap { layer in
      layer.declaredVariables.compactMap { variable in
        guard let axis = variable.outputAxis else { return nil }
        let weight = lowering.weight(variable.suffix, of: layer)
        return (
          "\(layer.path).\(variable.suffix)", SpectralMatrix(weight, axis: axis).matrix
        )
      }
    }
  }
}
