import Functions
import Modules
import Spec
import TensorIR

/// Writes typed expressions into the graph of one player's step.
final class ExpressionLowering {
  let experiment: Experiment
  let builder: GraphBuilder
  /// Sources of the inputs that were used, by input name.
  var sources: [String: InputSource] = [:]
  /// The next values of the buffers and averages that this step moves.
  var movedBuffers: [String: Tensor] = [:]
  /// What the step sees of its graph.
  let scope: StepScope
  /// The player whose step this is; only its own expressions move their averages.
  private var player: String { scope.player }
  let mergesResampling: Bool
  /// Whether what layers draw is the same for every sample.
  var fixesNoise = false
  /// The network whose values are taken between two of them, of independent samples; nil for none.
  var interpolated: String?
  /// Which statistics batch norm uses.
  var mode = NetworkMode.training
  var movedCalls: Set<NetworkCall> = []
  /// Calls of networks whose layers draw, in the order in which they were met.
  var drawingCalls: [DrawingCall] = []
  /// Networks that the player of this step trains.
  let trained: [String]
  /// Samples in the batches of this step, where the player does not take those of the streams.
  let stepBatch: Int?
  /// The `let` values of players.
  private var bindings: [String: LetBinding] = [:]
  /// Those of the metric or of the samples that this graph is of, or of the states that its step moves.
  private var entryBindings: [String: LetBinding] = [:]
  /// Entries among these that are called as a player or a penalty is, and name losses.
  private var ambiguous: Set<String> = []
  /// The buffers that each call of a network found: it has one value, wherever it stands.
  var buffersFound: [NetworkCall: [String: Tensor]] = [:]
  /// Values of `let`, each made once per context.
  private(set) var bound: [BoundName: LoweredValue] = [:]
  /// Losses that stand in expressions, each lowered once.
  var losses: [LossCall: Tensor] = [:]
  /// What `Term.subject` stands for while a rule is being lowered.
  private var subject: [Tensor] = []
  /// Expressions that are being lowered, each inside the one before.
  private var depth = 0

  struct NetworkCall: Hashable {
    let network: String
    let arguments: [ValueID]
  }

  /// A call as it is for the full batch.
  struct DrawingCall: Hashable {
    let call: NetworkCall
    let draw: Int
  }

  struct BoundName: Hashable {
    let name: String
    private var context: ExpressionContext

    /// A name has one value, whether its calls move buffers or not.
    init(_ name: String, _ context: ExpressionContext) {
      (self.name, self.context) = (name, context)
      self.context.moving = []
    }
  }

  init(
    experiment: Experiment, scope: StepScope, builder: GraphBuilder,
    mergesResampling: Bool = false, batch: Int? = nil
  ) {
    self.scope = scope
    self.mergesResampling = mergesResampling
    self.experiment = experiment
    self.builder = builder
    let owner = experiment.players.first { $0.name == scope.player }
    trained = owner?.trains ?? []
    stepBatch = batch ?? owner?.batch
    for player in experiment.players {
      let rules = player.gradientTransforms + player.constraints
      let inner = player.penalties.flatMap(\.bindings) + rules.flatMap(\.bindings)
      for binding in player.bindings + inner {
        bindings[binding.name] = binding
      }
    }
  }

  /// Makes the `let` values known of a metric, a state or samples, which may have the names of a penalty's or a player's:
  /// what this graph evaluates of a player's loss means the player's.
  func bind(_ own: [LetBinding], around value: TypedExpression, of entry: String) {
    for binding in own { entryBindings[binding.name] = binding }
    let isName = experiment.players.contains { player in
      player.name == entry
        || (player.penalties + player.ownStepPenalties).contains { $0.name == entry }
    }
    if isName, (own.map(\.value) + [value]).contains(where: { $0.namesLoss }) {
      ambiguous.insert(entry)
    }
  }

  /// The value of `expression` for the samples that `context` names.
  func lower(_ expression: TypedExpression, _ context: ExpressionContext) -> LoweredValue {
    let saved = builder.origin
    builder.origin = Origin(
      layer: saved.layer, span: expression.span, order: saved.order, term: saved.term)
    depth += 1
    defer { (builder.origin, depth) = (saved, depth - 1) }
    switch expression.term {
    case .stream(let name): return .tensor(stream(name, batch: context.batchName(), context))
    case .freshStream(let name, let batch):
      return .tensor(
        stream(name, batch: context.batchName(fresh: ownName(batch, context)), context))
    case .draw(let distribution, let name):
      return .tensor(draw(distribution, name, expression, context))
    case .binding(let name): return binding(name, context)
    case .call(let network, let arguments, let output):
      return .tensor(call(network, arguments, output, context))
    case .onlyWeights(let x):
      let kept = zip(lower(x, context).tensors, outputAxes(of: x.type)).map { tensor, axis in
        axis == nil ? builder.constant(0, tensor.shape) : tensor
      }
      return .parameters(kept)
    case .orthogonality(let x, let diagonal):
      let sum = orthogonality(
        lower(x, context).tensors, outputAxes: outputAxes(of: x.type), diagonal: diagonal)
      return .tensor(sum ?? builder.constant(0))
    case .ema(let x, let decay, let name):
      return .tensor(average(lower(x, context).tensor, decay: decay, name: name, context))
    case .gradient(let value, let target): return gradient(of: value, target, context)
    case .parameters(let networks): return .parameters(parameters(of: networks))
    case .subject: return .parameters(subject)
    case .loss(let player, let half, let draw, let penalties):
      return .tensor(
        loss(
          LossCall(
            player: player, penalties: penalties, half: half, draw: draw ?? context.draw,
            moving: context.moving)))
    case .stepNumber(let number): return .tensor(scalar(StepScalar(number)))
    case .state(let name): return .tensor(state(name))
    case .given(let name): preconditionFailure("'\(name)' stands outside of its layer")
    case .rearrange(let x, .roll(let by)) where context.half != nil && isMadeOfAll(x, context):
      // Samples are moved within the batch, of which the half is cut, wherever else it names the same ones.
      return .tensor(
        cut(Rearrangement.roll(by: by).apply(to: lower(x, context.full).tensor), context))
    case .number, .unary, .binary, .select, .reduce, .reduceAlong, .squaredDistances, .dot,
      .rearrange, .shift, .concatenate, .half, .detach, .function, .layer:
      return PureTerms(builder: builder) { self.lower($0, context) }.value(of: expression)
    }
  }

  /// New values for `tensors` by a rule of the player whose step this is.
  func apply(_ rule: TensorRule, to tensors: [Tensor]) -> [Tensor] {
    subject = tensors
    defer { subject = [] }
    let batch = batch(of: rule.value, rule.bindings)
    return lower(rule.value, ExpressionContext(player: player, batch: batch)).tensors
  }

  /// The tensors that an optimizer moves for these networks.
  func parameters(of networks: [String]) -> [Tensor] {
    experiment.networks.filter { networks.contains($0.name) }.flatMap(\.parameters)
      .map { variable($0.name, $0.shape) }
  }

  /// The axis of outputs of each tensor of a params value, nil for biases and the like.
  private func outputAxes(of type: ValueType) -> [Int?] {
    guard case .parameters(let networks) = type else { return [] }
    return experiment.networks.filter { networks.contains($0.name) }.flatMap(\.outputAxes)
  }

  /// A variable, or what is read in its place.
  func variable(_ name: String, _ shape: Shape) -> Tensor {
    stored(scope.storedName(of: name), shape)
  }

  /// The variable of exactly this name.
  func stored(_ name: String, _ shape: Shape) -> Tensor {
    sources[name] = .variable(name)
    return scope.stored(name, shape, builder)
  }

  /// A value of the game as the step found it.
  func state(_ name: String) -> Tensor {
    let shape = experiment.state.first { $0.name == name }?.shape ?? []
    return variable(Variable.stateName(name), Shape(shape))
  }

  /// A number that the loop computes before the step.
  func scalar(_ scalar: StepScalar) -> Tensor { input(.scalar(scalar), []) }

  /// What the loop writes before the step.
  func input(_ source: InputSource, _ shape: Shape) -> Tensor {
    let name = scope.inputName(of: source)
    sources[name] = source
    return builder.input(name, shape)
  }
}

// MARK: - Samples

extension ExpressionLowering {
  func stream(_ name: String, batch: String, _ context: ExpressionContext) -> Tensor {
    guard let stream = experiment.streams.first(where: { $0.name == name }) else {
      preconditionFailure("the checker let the unknown stream '\(name)' pass")
    }
    let shape = Shape([stepBatch ?? stream.batch] + stream.shape)
    return cut(input(.stream(name, batch: batch), shape), context)
  }

  private func draw(
    _ distribution: Distribution, _ name: String, _ expression: TypedExpression,
    _ context: ExpressionContext
  ) -> Tensor {
    let own = ownName(name, context)
    let draw = InputSource.draw(
      name: context.draw == 1 ? own : "\(own)@\(context.draw)", DrawDistribution(distribution))
    guard let shape = expression.type.shape, shape.hasBatch else { return input(draw, []) }
    // A batch that packs do not divide is a fault, said where they are made.
    let samples = max(1, context.batch / expression.samplesInPack)
    return cut(input(draw, Shape([samples] + shape.sizes)), context)
  }

  /// What a draw or a `fresh` batch is called: in a graph that may have those of a penalty, too, an entry of the
  /// penalty's name draws others.
  private func ownName(_ name: String, _ context: ExpressionContext) -> String {
    guard let entry = context.entry, ambiguous.contains(entry) else { return name }
    return "\(name)@own"
  }

  /// The half of a full batch that the context asks for.
  func cut(_ full: Tensor, _ context: ExpressionContext) -> Tensor {
    guard let half = context.half, full.shape.rank > 0 else { return full }
    return full.half(half)
  }

  /// The value of a `let`, made once per context so that `grad(_, name)` finds the node that the name stands for.
  func binding(_ name: String, _ context: ExpressionContext) -> LoweredValue {
    let key = BoundName(name, context)
    if let value = bound[key] { return value }
    if depth > TypedExpression.deepest {
      let known = context.entry == nil ? bindings : bindings.merging(entryBindings) { $1 }
      let order = known.order(to: name) { bound[BoundName($0, context)] != nil }
      for next in order where bound[BoundName(next, context)] == nil { _ = bind(next, context) }
    }
    return bound[key] ?? bind(name, context)
  }

  private func bind(_ name: String, _ context: ExpressionContext) -> LoweredValue {
    let own = context.entry == nil ? nil : entryBindings[name]
    guard let binding = own ?? bindings[name] else {
      preconditionFailure("the checker let the unknown name '\(name)' pass")
    }
    let value = lower(binding.value, context).map(builder.mark)
    bound[BoundName(name, context)] = value
    return value
  }

  /// a ← decay·a + (1 - decay)·v, a constant for every derivative.
  private func average(
    _ value: Tensor, decay: Double, name: String, _ context: ExpressionContext
  ) -> Tensor {
    let name = Variable.averageName(name)
    let next = (decay * variable(name, []) + (1 - decay) * value).detached()
    if context.isOwn(of: player) {
      movedBuffers[name] = next
    }
    return next
  }
}
