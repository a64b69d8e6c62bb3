import Compilation
import Console
import Diagnostics
import Execution
import Metrics
import Modules
import Spec

/// A feature network compiled for batches of samples, without its weights.
package struct CompiledFeatures {
  /// Which of its values are looked at.
  package enum View: Hashable, Sendable {
    /// Those of the layer that the spec names.
    case features
    /// The network's own: logits of classes.
    case classes
  }

  /// One function, which samples the network.
  package let compiled: CompiledExperiment
  /// Numbers that a sample becomes.
  package let width: Int
  /// Samples that are looked at together.
  package let batch: Int
  /// The network up to the layer that is looked at.
  let network: Network
  /// What feeds it in its own spec.
  let stream: Spec.Stream
  /// Numbers of the network's value that become one by their mean.
  let places: Int

  /// - Throws: a failure that points at the entry of `features`, or into its spec.
  package init(
    _ source: FeatureSource, view: View, _ options: EngineOptions
  ) throws(Failure) {
    var compiler = Compiler()
    compiler.convolutionTable = options.convolutions
    let spec = try compiler.load(SpecInput(path: source.spec)).experiment
    let (network, stream) = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try Self.network(source, of: spec, view: view)
    }
    (self.network, self.stream) = (network, stream)
    batch = Self.batch(of: network)
    places = source.poolsPlaces && view == .features ? network.output.dropFirst().reduce(1, *) : 1
    width = network.output.reduce(1, *) / places
    var experiment = spec
    experiment.players = []
    experiment.averages = []
    experiment.metrics = []
    experiment.networks = [network]
    experiment.train.order = []
    experiment.train.shared = []
    experiment.train.threads = options.threads
    experiment.output.sample = SampleSource(chain: [network], streams: [stream], count: batch)
    compiled = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      let compiled = try compiler.compile(experiment)
      try Self.requireNoDraws(compiled.functions[0].function, network, source)
      return compiled
    }
  }

  /// Throws where the network draws: what it sees of a sample would be another thing each time.
  private static func requireNoDraws(
    _ function: Function, _ network: Network, _ source: FeatureSource
  ) throws(Diagnostic) {
    for case .draw(let name, _) in function.inputs {
      throw Diagnostic(
        .error,
        "network '\(network.name)' of '\(source.spec)' draws '\(name)' anew for each look at a sample",
        at: source.span, hint: "name a layer before it by 'layer', or leave that layer's draws out")
    }
  }

  /// 250, or as many fewer as keep the largest value of a layer at 128 MiB.
  private static func batch(of network: Network) -> Int {
    let largest = network.allLayers.map { $0.outputShape.reduce(1, *) }.max() ?? 1
    return max(1, min(250, (1 << 25) / largest))
  }

  /// The network up to the layer that is looked at, and the stream that feeds it.
  private static func network(
    _ source: FeatureSource, of spec: Experiment, view: View
  ) throws(Diagnostic) -> (Network, Spec.Stream) {
    let named = spec.networks.filter { source.network == nil || $0.name == source.network }
    guard let found = named.first, named.count == 1 else {
      let known = spec.networks.map(\.name).joined(separator: ", ")
      throw Diagnostic(
        .error,
        source.network.map { "'\(source.spec)' has no network '\($0)'" }
          ?? "'\(source.spec)' has several networks",
        at: source.span, hint: "networks are \(known); say which by 'network'")
    }
    guard let shape = found.inputs.first?.shape, found.inputs.count == 1,
      let stream = spec.streams.first(where: { $0.isData(like: shape) })
    else {
      throw Diagnostic(
        .error, "network '\(found.name)' of '\(source.spec)' does not take that spec's data alone",
        at: source.span)
    }
    guard view == .features, let layer = source.layer else { return (found, stream) }
    let path = "\(found.name).\(layer)"
    guard let index = found.layers.firstIndex(where: { $0.path == path }) else {
      let known = found.layers.map { String($0.path.dropFirst(found.name.count + 1)) }
      throw Diagnostic(
        .error, "network '\(found.name)' has no layer '\(layer)'", at: source.span,
        hint: "layers are \(known.joined(separator: ", "))")
    }
    var network = found
    network.layers = Array(found.layers[...index])
    network.output = found.layers[index].outputShape
    return (network, stream)
  }
}

extension FeatureSource {
  /// What a metric looks at through it.
  package func view(of declaration: MetricDeclaration) -> CompiledFeatures.View {
    declaration.view == .classes ? .classes : .features
  }
}
