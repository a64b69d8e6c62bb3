import Autodiff
import Layers
import Modules
import Optimizers
import Spec
import TensorIR

/// A result of a player's step, before it is one of a function.
struct StepResult {
  var name: String
  var value: Tensor
  var target: ResultTarget
  var player: String
}

/// Writes one optimizer step of a player: losses, penalties, gradients, their weights and the update.
struct StepLowering {
  let player: Player
  /// Penalties due in this step.
  let penalties: [Penalty]
  let options: LoweringOptions
  private let experiment: Experiment
  private let builder: GraphBuilder
  private let scope: StepScope
  private let expressions: ExpressionLowering
  private let parameters: [(name: String, tensor: Tensor)]
  /// Names of the parameters that are no weights.
  private let rest: Set<String>
  /// The singular vectors of averages of weights, by the name of the average.
  private let vectors: [String: SingularPair]
  /// Averages of networks that this player trains, with the names of what they average.
  private let averages: [(average: NetworkAverage, names: Set<String>)]
  private var results: [(name: String, value: Tensor, target: ResultTarget)] = []

  init(
    player: Player, due: [Penalty], of experiment: Experiment, scope: StepScope,
    builder: GraphBuilder, options: LoweringOptions
  ) {
    self.player = player
    self.experiment = experiment
    self.scope = scope
    self.builder = builder
    penalties = due
    self.options = options
    let expressions = ExpressionLowering(
      experiment: experiment, scope: scope, builder: builder,
      mergesResampling: options.mergesResampling)
    self.expressions = expressions
    vectors = experiment.averagedParameters.singularPairs
    averages = experiment.averages.compactMap { average in
      guard player.trains.contains(average.network) else { return nil }
      let network = experiment.networks.first { $0.name == average.network }
      let buffers = average.buffers == .average ? network?.statistics ?? [] : []
      return (average, Set((network?.parameters.map(\.name) ?? []) + buffers.map(\.name)))
    }
    rest = experiment.networks.filter { player.trains.contains($0.name) }
      .reduce(into: []) { $0.formUnion($1.parametersBesideWeights) }
    parameters = experiment.networks.filter { player.trains.contains($0.name) }
      .flatMap(\.parameters).map { ($0.name, expressions.variable($0.name, $0.shape)) }
  }

  /// Sources of the inputs that were used, by input name.
  var sources: [String: InputSource] { expressions.sources }

  /// Writes the whole step and says what comes out of it.
  mutating func lower() -> [StepResult] {
    let gradients = totalGradients()
    moveState()
    update(with: gradients)
    for (name, value) in expressions.movedBuffers.sorted(by: { $0.key < $1.key }) {
      results.append(("next " + name, value, .variable(name)))
    }
    averageBuffers()
    return results.map { name, value, target in
      if case .variable = target {
        return StepResult(name: name, value: value, target: target, player: player.name)
      }
      return StepResult(
        name: scope.prefix + name, value: value, target: target, player: player.name)
    }
  }

  /// What the player's step makes of the values of the game, all of what they were before; numbers are logged.
  private mutating func moveState() {
    for state in experiment.state where state.player == player.name {
      builder.origin = Origin(layer: state.name, span: state.becomes.span, term: state.name)
      expressions.bind(state.bindings, around: state.becomes, of: state.name)
      let value = lower(state.becomes, state.bindings, entry: state.name)
        .reshape(Shape(state.shape))
      if state.shape.isEmpty { results.append((state.name, value, .scalar(state.name))) }
      results.append(
        ("next " + state.name, value, .variable(Variable.stateName(state.name))))
    }
  }

  /// ∇ of `minimizes` plus the penalties, auto ones scaled.
  private mutating func totalGradients() -> [Tensor] {
    builder.origin = Origin(
      layer: player.name, span: player.minimizes.span, term: "loss")
    // What a penalty calls moves nothing in a step of its own either.
    let moving = player.host == nil ? Set(player.trains) : []
    let loss = lower(player.minimizes, player.bindings, moving: moving)
    results.append(("loss", loss, .scalar("loss")))
    expose(loss, as: "loss")

    var total = loss
    for penalty in penalties {
      guard let weight = expressions.weight(of: penalty, times: Double(penalty.every)) else {
        continue
      }
      let value = lower(penalty)
      results.append((penalty.name + ".weight", weight, .scalar(penalty.name + ".weight")))
      total = total + value.scaled(by: weight)
    }
    var gradients = gradient(of: total)
    let fixedNorm = norm(of: gradients)
    var scaled: [(weight: Tensor, gradients: [Tensor])] = []
    for penalty in penalties where penalty.weight == .auto {
      let own = gradient(of: lower(penalty))
      let weight = autoWeight(norm: fixedNorm, of: own)
      results.append((penalty.name + ".weight", weight, .scalar(penalty.name + ".weight")))
      if options.exposeGradients && !options.exposeTermGradients {
        expose(own, as: penalty.name)
      }
      scaled.append((weight, own))
    }
    for (weight, own) in scaled {
      gradients = zip(gradients, own).map { $0 + weight.broadcast(to: $1.shape) * $1 }
    }
    if options.exposeGradients {
      for (parameter, gradient) in zip(parameters, gradients) {
        results.append(
          ("gradient " + parameter.name, gradient, .gradient(parameter: parameter.name)))
      }
    }
    return gradients
  }

  /// The penalty's own value, unweighted, which is also logged.
  private mutating func lower(_ penalty: Penalty) -> Tensor {
    builder.origin = Origin(
      layer: penalty.name, span: penalty.value.span, term: penalty.name)
    let value = lower(penalty.value, penalty.bindings)
    results.append((penalty.name, value, .scalar(penalty.name)))
    expose(value, as: penalty.name)
    return value
  }

  private func lower(
    _ value: TypedExpression, _ bindings: [LetBinding], moving: Set<String> = [],
    entry: String? = nil
  ) -> Tensor {
    let batch = expressions.batch(of: value, bindings)
    let context = ExpressionContext(
      player: player.name, batch: batch, moving: moving, entry: entry)
    return expressions.lower(value, context).tensor
  }

  private func gradient(of value: Tensor) -> [Tensor] {
    gradients(of: value, withRespectTo: parameters.map(\.tensor)).enumerated().map {
      $1 ?? builder.constant(0, parameters[$0].tensor.shape)
    }
  }

  /// ‖·‖ over all tensors together.
  private func norm(of tensors: [Tensor]) -> Tensor {
    Reduction.norm.apply(to: .parameters(tensors), over: .all)
  }

  /// min(1, ‖g‖/‖g_p‖), and 0 where ‖g_p‖ = 0.
  ///
  /// Munk et al. 2020, section 4.
  private func autoWeight(norm: Tensor, of own: [Tensor]) -> Tensor {
    builder.origin.order += 1
    defer { builder.origin.order -= 1 }
    let inverse = Reduction.sumsq.apply(to: .parameters(own), over: .all).map(.inverseNormRoot)
    return (norm * inverse).zip(.minimum, builder.constant(1))
  }

  /// The next values of parameters and optimizer state, from the total gradients.
  private mutating func update(with total: [Tensor]) {
    var gradients = total
    for rule in player.gradientTransforms {
      builder.origin = Origin(layer: rule.name, span: rule.span)
      gradients = expressions.apply(rule, to: gradients)
    }
    var moved: [Tensor] = []
    for ((name, tensor), gradient) in zip(parameters, gradients) {
      builder.origin = Origin(
        layer: "\(player.name).optimizer", span: player.optimizerSpan ?? player.span)
      // What moves is the variable itself, wherever the gradient was taken.
      let tensor = expressions.stored(name, tensor.shape)
      var state: [String: Tensor] = [:]
      let other = rest.contains(name) ? player.optimizer.rest.first : nil
      let method = (other ?? player.optimizer).method
      let prefix = other == nil ? "" : Optimizer.restPrefix
      for slot in method.slots {
        state[slot.name] = expressions.variable(stateName(name, slot.name), tensor.shape)
      }
      let expressions = expressions
      let changing = Set((other ?? player.optimizer).changing.map(\.name))
      var site = OptimizerSite(state: state, changing: changing) {
        expressions.scalar(.optimizer(prefix + $0))
      }
      moved.append(method.update(tensor, gradient: gradient, &site))
      for (slot, value) in site.moved {
        let name = stateName(name, slot)
        results.append(("next " + name, value, .variable(name)))
      }
    }
    for rule in player.constraints {
      builder.origin = Origin(layer: rule.name, span: rule.span)
      moved = expressions.apply(rule, to: moved)
    }
    for ((name, _), value) in zip(parameters, moved) {
      results.append(("next " + name, value, .variable(name)))
      average(name, value)
    }
  }

  /// w + decay·(a - w), which is exactly w where the decay is 0.
  ///
  /// A penalty's own step moves on what its player's step of the round has averaged: by 1 - decay of what w moves.
  private mutating func average(_ variable: String, _ value: Tensor) {
    for (average, names) in averages where names.contains(variable) {
      builder.origin = Origin(layer: "ema \(average.network)", span: player.span)
      let decay = expressions.scalar(
        .averageDecay(network: average.network, average.decay))
      let name = Variable.averageName(variable)
      let old = expressions.variable(name, value.shape)
      let next =
        player.host == nil
        ? value + decay.broadcast(to: value.shape) * (old - value)
        : old + (-decay + 1).broadcast(to: value.shape)
          * (value - expressions.stored(variable, value.shape))
      results.append(("next " + name, next, .variable(name)))
      if let pair = vectors[name] { turn(pair, of: next) }
    }
  }

  /// Averages the running statistics of networks whose averages have their own.
  private mutating func averageBuffers() {
    for (average, _) in averages where average.buffers == .average && player.host == nil {
      let network = experiment.networks.first { $0.name == average.network }
      for buffer in network?.statistics ?? [] {
        let now = expressions.movedBuffers[buffer.name]
        self.average(buffer.name, now ?? expressions.variable(buffer.name, buffer.shape))
      }
    }
  }

  /// Power iterations on what the average of a weight has become: its largest singular value may be far from where
  /// the u and v of the weight itself would look for it.
  private mutating func turn(_ pair: SingularPair, of weight: Tensor) {
    let v = expressions.variable(pair.v.name, pair.v.shape)
    let next = SpectralMatrix(weight, axis: pair.axis)
      .iterated(from: v, times: pair.iterations, epsilon: pair.epsilon)
    for (vector, value) in [(pair.u, next.u), (pair.v, next.v)] {
      results.append(("next " + vector.name, value, .variable(vector.name)))
    }
  }

  private func stateName(_ parameter: String, _ slot: String) -> String {
    Variable.optimizerName(player: player.host ?? player.name, parameter: parameter, slot: slot)
  }

  /// Makes a term's own gradient a result, for gradient checks.
  private mutating func expose(_ term: Tensor, as name: String) {
    if options.exposeTermGradients { expose(gradient(of: term), as: name) }
  }

  private mutating func expose(_ gradients: [Tensor], as term: String) {
    for (parameter, gradient) in zip(parameters, gradients) {
      results.append(
        (
          "gradient \(term) \(parameter.name)", gradient,
          .penaltyGradient(penalty: term, parameter: parameter.name)
        ))
    }
  }
}
