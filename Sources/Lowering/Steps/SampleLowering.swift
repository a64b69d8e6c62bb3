import Modules
import Spec
import TensorIR

/// Writes samples for pictures and metrics: an expression of networks in evaluation mode.
func lowerSampling(
  _ source: SampleSource, isOther: Bool = false, of experiment: Experiment,
  options: LoweringOptions
) -> Function {
  let kind: Function.Kind =
    isOther ? .otherSample(network: source.name) : .sample(network: source.name)
  return lowerSamples(
    source, of: experiment, options: options, kind,
    named: "\(source.name).\(isOther ? "otherSample" : "sample")")
}

/// Writes samples whose values of one network are on lines between two of them, for measures of paths.
func lowerPathSampling(
  _ source: SampleSource, between network: String, of experiment: Experiment,
  options: LoweringOptions
) -> Function {
  lowerSamples(
    source, of: experiment, options: options, .measure(.path(network: network)),
    named: "\(source.name).path.\(network)", between: network)
}

private func lowerSamples(
  _ source: SampleSource, of experiment: Experiment, options: LoweringOptions,
  _ kind: Function.Kind, named name: String, between network: String? = nil
) -> Function {
  let builder = GraphBuilder(element: options.element)
  var scope = StepScope(player: sampleOwner)
  scope.aliases = experiment.namesForSamples(of: source)
  let expressions = ExpressionLowering(
    experiment: experiment, scope: scope, builder: builder,
    mergesResampling: options.mergesResampling, batch: source.count)
  expressions.mode = .evaluation
  expressions.fixesNoise = source.fixesNoise
  expressions.interpolated = network
  expressions.bind(source.bindings, around: source.value, of: SampleSource.entry)
  let context = ExpressionContext(
    player: sampleOwner, batch: source.count, entry: SampleSource.entry)
  let value = expressions.lower(source.value, context).tensor
  let graph = builder.graph(name: name, results: [("samples", source.map.applied(to: value))])
  let inputs = graph.inputNames.compactMap { expressions.sources[$0] }
  return Function(
    kind: kind, graph: graph, ports: inputs.map(scope.port),
    outcomes: [Outcome(.value, owner: nil)], faults: builder.faults)
}

extension SampleSource {
  /// Whose expression `value` is: no player's, and no penalty's.
  static let entry = "samples/value"
}

extension SampleSource.Map {
  fileprivate func applied(to value: Tensor) -> Tensor {
    switch self {
    case .identity: value
    case .sigmoid: value.map(.sigmoid)
    }
  }
}

extension Experiment {
  /// The variables of averages, by the names of those that they are read in place of.
  var averagedNames: [String: String] {
    var names: [String: String] = [:]
    for average in averages {
      for variable in networks.first(where: { $0.name == average.network })?.variables ?? []
      where variable.initial(in: average) != nil {
        names[variable.name] = Variable.averageName(variable.name)
      }
    }
    return names
  }
}
