import Layers
import Modules
import Spec
import TensorIR

/// Writes the running statistics that one batch of samples alone would lead to.
///
/// A training step makes a·r + c of a running statistic r. Where all batches were this one, it would end at
/// c/(1 - a): the statistic of the batch, whatever the momentum. The mean of many is what Brock et al. 2019 call
/// standing statistics.
func lowerStatistics(
  of source: SampleSource, _ experiment: Experiment, options: LoweringOptions
) -> Function {
  let builder = GraphBuilder(element: options.element)
  var scope = StepScope(player: sampleOwner)
  if source.usesAverage { scope.aliases = experiment.averagedNames }
  let expressions = ExpressionLowering(
    experiment: experiment, scope: scope, builder: builder,
    mergesResampling: options.mergesResampling, batch: source.count)
  expressions.bind(source.bindings, around: source.value, of: SampleSource.entry)
  let buffers = experiment.statistics(of: source)
  // From 0 a step makes c; the marks tell the starts apart.
  let starts = buffers.map { builder.mark(builder.constant(0, $0.shape)) }
  for (buffer, start) in zip(buffers, starts) { expressions.movedBuffers[buffer.name] = start }
  let context = ExpressionContext(
    player: sampleOwner, batch: source.count, moving: Set(source.networks),
    entry: SampleSource.entry)
  _ = expressions.lower(source.value, context)
  let results: [(name: String, value: Tensor)] = zip(buffers, starts).map { buffer, start in
    let next = expressions.movedBuffers[buffer.name] ?? start
    guard let kept = next.coefficient(of: start), kept.magnitude < 1 else {
      builder.origin = experiment.origin(ofVariable: buffer.name)
      builder.note(
        fault:
          "'statistics: standing' needs averages, a*r + v with a number a below 1, but '\(buffer.name)' becomes something else",
        hint: "leave 'statistics' of 'samples' out")
      return ("next " + buffer.name, next)
    }
    return ("next " + buffer.name, (1 / (1 - kept)) * next)
  }
  let graph = builder.graph(name: "\(source.name).statistics", results: results)
  let inputs = graph.inputNames.compactMap { expressions.sources[$0] }
  return Function(
    kind: .statistics, graph: graph, ports: inputs.map(scope.port),
    outcomes: buffers.map {
      Outcome(.variable(Variable.standingName($0.name)), owner: nil)
    }, faults: builder.faults)
}

extension Tensor {
  /// a, where the value is a·`start` + c with a number a and a c that does not depend on `start`; nil where it is not.
  ///
  /// It is exact, where a difference of values would lose 1 - a of a small momentum.
  fileprivate func coefficient(of start: Tensor) -> Double? {
    // NaN stands for a value that depends on `start` in another way.
    var coefficients: [ValueID: Double] = [start.id: 1]
    for index in stride(from: start.id.index + 1, through: id.index, by: 1) {
      let value = builder.tensor(ValueID(index))
      let operands = builder.node(value.id).operands
      let parts = operands.map { coefficients[$0] }
      if parts.contains(where: { $0 != nil }) { coefficients[value.id] = value.coefficient(parts) }
    }
    let found = coefficients[id] ?? 0
    return found.isNaN ? nil : found
  }

  /// The coefficient of a value by those of its operands, nil for one without.
  private func coefficient(_ parts: [Double?]) -> Double {
    let node = builder.node(id)
    /// The number that the other operand is, where only one depends.
    func factor(_ operand: Int) -> Double {
      guard parts[operand] == nil else { return .nan }
      return builder.tensor(node.operands[operand]).repeatedConstant ?? .nan
    }
    switch node.op {
    case .identity, .reshape, .broadcast: return parts[0] ?? 0
    case .map(let map):
      switch map.function {
      case .scale: return map.parameter.value * (parts[0] ?? 0)
      case .negate: return -(parts[0] ?? 0)
      case .shift: return parts[0] ?? 0
      default: return .nan
      }
    case .zip(let zip):
      switch zip.function {
      case .add: return (parts[0] ?? 0) + (parts[1] ?? 0)
      case .subtract: return (parts[0] ?? 0) - (parts[1] ?? 0)
      case .multiply: return parts[0].map { $0 * factor(1) } ?? factor(0) * (parts[1] ?? 0)
      case .divide: return (parts[0] ?? 0) / factor(1)
      default: return .nan
      }
    default: return .nan
    }
  }
}

extension Experiment {
  /// The running statistics of networks that samples are made of.
  func statistics(of source: SampleSource) -> [Variable] {
    networks.filter { source.networks.contains($0.name) }.flatMap(\.statistics)
  }

  /// The layer that owns a variable.
  fileprivate func origin(ofVariable name: String) -> Origin {
    let owner = networks.flatMap(\.allLayers).first { layer in
      layer.ownedVariables.contains { "\(layer.path).\($0.suffix)" == name }
    }
    return Origin(layer: owner?.path ?? "", span: owner?.span)
  }

  /// What samples read in place of running statistics, where they have some of their own.
  var standingStatistics: [Variable] {
    guard let source = output.sample, source.standingBatches != nil else { return [] }
    return statistics(of: source).compactMap { variable in
      guard case .buffer(let network) = variable.role else { return nil }
      return Variable(
        name: Variable.standingName(variable.name), shape: variable.shape,
        role: .parameterAverage(network: network), initial: variable.initial)
    }
  }

  /// What samples read in place of variables, by the names of those.
  func namesForSamples(of source: SampleSource) -> [String: String] {
    var names = source.usesAverage ? averagedNames : [:]
    guard source.standingBatches != nil else { return names }
    for variable in statistics(of: source) {
      names[variable.name] = Variable.standingName(variable.name)
    }
    return names
  }
}

extension Variable {
  /// `standing/G.1.running_mean`.
  static func standingName(_ name: String) -> String { "standing/" + name }
}
