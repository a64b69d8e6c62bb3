import Spec
import TensorIR

/// Writes networks in evaluation mode, one after the other: samples for pictures and metrics.
func lowerSampling(_ source: SampleSource, of experiment: Experiment, options: LoweringOptions)
  -> Function?
{
  let networks = source.networks.compactMap { name in
    experiment.networks.first { $0.name == name }
  }
  guard let first = networks.first else { return nil }
  let builder = GraphBuilder(element: options.element)
  var sources: [String: InputSource] = [:]
  let arguments = zip(source.streams, first.inputs).map { name, input in
    sources[name] = .stream(name, batch: "")
    return builder.input(name, Shape([source.count] + input.shape))
  }
  for variable in networks.flatMap(\.variables) {
    sources[variable.name] = .variable(variable.name)
  }
  var lowering = NetworkLowering(builder: builder, mode: .evaluation) {
    name, distribution, batch, shape in
    sources[name] = .draw(name: name, distribution)
    return builder.input(name, Shape([batch] + shape))
  }
  lowering.mergesResampling = options.mergesResampling
  let averaged = Set(source.usesAverage ? experiment.averages.map(\.network) : [])
  for variable in networks.filter({ averaged.contains($0.name) }).flatMap(\.variables)
  where variable.initialOfAverage != nil {
    let average = Variable.averageName(variable.name)
    lowering.scope.aliases[variable.name] = average
    sources[average] = .variable(average)
  }
  let value = networks.reduce(arguments) { [lowering.apply($1, to: $0)] }
  let graph = builder.graph(
    name: "\(source.network).sample", results: value.map { ("samples", source.map.applied(to: $0)) }
  )
  let inputs = graph.inputNames.compactMap { sources[$0] }
  return Function(
    kind: .sample(network: source.network), graph: graph,
    inputs: inputs, inputOwners: inputs.map { $0.sampleName == nil ? "" : "sample" },
    results: [.value], resultOwners: [""])
}

extension SampleSource.Map {
  fileprivate func applied(to value: Tensor) -> Tensor {
    switch self {
    case .identity: value
    case .sigmoid: value.map(.sigmoid)
    }
  }
}
