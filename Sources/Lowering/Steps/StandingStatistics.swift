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
  let buffers = experiment.statistics(of: source)
  var sources: [String: InputSource] = [:]
  func next(from start: Double) -> [String: Tensor] {
    let expressions = ExpressionLowering(
      experiment: experiment, scope: scope, builder: builder,
      mergesResampling: options.mergesResampling, batch: source.count)
    expressions.bind(source.bindings)
    for buffer in buffers {
      expressions.movedBuffers[buffer.name] = builder.constant(start, buffer.shape)
    }
    let context = ExpressionContext(
      player: sampleOwner, batch: source.count, moving: Set(source.networks))
    _ = expressions.lower(source.value, context)
    sources.merge(expressions.sources) { first, _ in first }
    return expressions.movedBuffers
  }
  let (low, high) = (next(from: 0), next(from: far))
  let results = buffers.compactMap { buffer in
    low[buffer.name].flatMap { c in
      high[buffer.name].map { (buffer, c / ((-1 / far) * ($0 - c) + 1)) }
    }
  }
  let graph = builder.graph(
    name: "\(source.name).statistics", results: results.map { ("next " + $0.name, $1) })
  let inputs = graph.inputNames.compactMap { sources[$0] }
  return Function(
    kind: .statistics, graph: graph, ports: inputs.map(scope.port),
    outcomes: results.map {
      Outcome(.variable(Variable.standingName($0.0.name)), owner: nil)
    }, faults: builder.faults)
}

/// A start beside which no statistic matters, so that what it is multiplied by is known to rounding.
private let far = 0x1p20

extension Experiment {
  /// The running statistics of networks that samples are made of.
  func statistics(of source: SampleSource) -> [Variable] {
    networks.filter { source.networks.contains($0.name) }.flatMap(\.statistics)
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
