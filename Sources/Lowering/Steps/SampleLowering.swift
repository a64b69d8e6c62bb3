import Spec
import TensorIR

/// Writes a network in evaluation mode: samples for pictures and metrics.
func lowerSampling(_ source: SampleSource, of experiment: Experiment, options: LoweringOptions)
  -> Function?
{
  guard let network = experiment.networks.first(where: { $0.name == source.network }) else {
    return nil
  }
  let builder = GraphBuilder(element: options.element)
  var sources: [String: InputSource] = [:]
  let arguments = zip(source.streams, network.inputs).map { name, input in
    sources[name] = .stream(name, batch: "")
    return builder.input(name, Shape([source.count] + input.shape))
  }
  for variable in network.variables { sources[variable.name] = .variable(variable.name) }
  var lowering = NetworkLowering(builder: builder, mode: .evaluation)
  for (name, _) in source.usesAverage ? network.parameters : [] {
    let average = Variable.averageName(name)
    lowering.aliases[name] = average
    sources[average] = .variable(average)
  }
  let value = lowering.apply(network, to: arguments)
  let graph = builder.graph(name: "\(network.name).sample", results: [("samples", value)])
  return Function(
    kind: .sample(network: network.name), graph: graph,
    inputs: graph.inputNames.compactMap { sources[$0] }, results: [.value])
}
