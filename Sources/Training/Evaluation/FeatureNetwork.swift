import Compilation
import Console
import Data
import Diagnostics
import Execution
import Metrics
import Modules
import Planning
import Spec
import TensorIR

/// A trained network through which samples are seen: another spec's, with its weights, in evaluation mode.
final class FeatureNetwork {
  /// Which of its values are looked at.
  enum View: Hashable {
    /// Those of the layer that the spec names.
    case features
    /// The network's own: logits of classes.
    case classes
  }

  /// What network that is, its weights included.
  let identity: String
  /// Numbers in a row.
  let width: Int
  private let engine: any Engine
  private let input: Int
  /// Numbers in a sample.
  private let sampleSize: Int
  private let conversion: FeatureInput
  /// Numbers of the network's value that become one by their mean.
  private let places: Int

  /// Samples that are looked at together; the last may be filled up.
  private let batch: Int

  /// 250, or as many fewer as keep the largest value of a layer at 128 MiB.
  private static func batch(of network: Network) -> Int {
    let largest = network.allLayers.map { $0.outputShape.reduce(1, *) }.max() ?? 1
    return max(1, min(250, (1 << 25) / largest))
  }

  /// Compiles the network and reads its weights.
  ///
  /// `shape` and `range` are those of the samples that it will see.
  ///
  /// - Throws: a failure that points at the entry of `features`.
  init(
    _ source: FeatureSource, view: View, shape: [Int], range: ClosedRange<Double>,
    _ options: EngineOptions
  ) throws(Failure) {
    var compiler = Compiler()
    compiler.convolutionTable = options.convolutions
    let spec = try compiler.load(SpecInput(path: source.spec)).experiment
    let (network, stream) = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try Self.network(source, of: spec, view: view)
    }
    conversion = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try FeatureInput(
        source, shape: shape, range: range, own: network.inputs[0].shape,
        ownRange: Self.range(of: stream) ?? range)
    }
    batch = Self.batch(of: network)
    var experiment = spec
    experiment.players = []
    experiment.averages = []
    experiment.metrics = []
    experiment.networks = [network]
    experiment.train.order = []
    experiment.train.shared = []
    experiment.train.threads = options.threads
    experiment.output.sample = SampleSource(
      chain: [network], streams: [stream], count: batch)
    let compiled = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try compiler.compile(experiment)
    }
    let engine = try Failure.of(.runTime) { () throws(Diagnostic) in
      try compiled.precision.makeEngine(
        layout: compiled.layout, executables: compiled.functions.map(\.executable),
        options: compiled.engineOptions)
    }
    self.engine = engine
    input = compiled.functions[0].function.inputs.firstIndex { $0.sampleName != nil } ?? 0
    sampleSize = shape.reduce(1, *)
    places = source.poolsPlaces && view == .features ? network.output.dropFirst().reduce(1, *) : 1
    width = network.output.reduce(1, *) / places
    let digest = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try Self.readWeights(source, into: engine, compiled.layout)
    }
    let last = network.layers.last?.path ?? network.name
    identity =
      "\(last)\(places > 1 ? ", mean of places," : "") with weights of digest \(digest) on "
      + "\(Self.range(of: stream) ?? range)\(conversion.identity)"
  }

  /// The values of samples, a row each.
  func rows(_ samples: ArraySlice<Float>, _ workers: Workers) -> Matrix {
    let count = samples.count / sampleSize
    var values: [Double] = []
    values.reserveCapacity(count * width)
    for start in stride(from: 0, to: count, by: batch) {
      let batch = min(batch, count - start)
      let first = samples.startIndex + start * sampleSize
      engine.withInput(of: 0, input) { buffer in
        conversion.fill(buffer, with: samples[first..<first + batch * sampleSize], workers)
      }
      engine.run(0)
      let result = engine.result(of: 0, 0)
      if places == 1 {
        values += result.prefix(batch * width)
      } else {
        values += (0..<batch * width).map { row in
          result[row * places..<(row + 1) * places].reduce(0, +) / Double(places)
        }
      }
    }
    return Matrix(columns: width, values)
  }
}

// MARK: - Finding and filling it

extension FeatureNetwork {
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

  /// The values that a network's own data has; nil where the data alone tells.
  private static func range(of stream: Spec.Stream) -> ClosedRange<Double>? {
    guard case .data(let dataset, _) = stream.source else { return nil }
    let definition = dataset.definition
    let isOfBytes = definition is IdxFolder || definition is ImageFolder || definition is CIFAR
    return dataset.range ?? (isOfBytes ? 0...255 : nil)
  }

  /// Puts the tensors of the file into the engine; a digest of those that were needed.
  private static func readWeights(
    _ source: FeatureSource, into engine: any Engine, _ layout: StateLayout
  ) throws(Diagnostic) -> String {
    let file: SafetensorsFile
    do throws(Diagnostic) {
      file = try SafetensorsFile(path: source.weights)
    } catch { throw error.located(at: source.span) }
    var digest = Digest()
    for (index, (name, shape)) in zip(layout.names, layout.shapes).enumerated() {
      guard let tensor = file.tensors[name], tensor.shape == shape.dimensions else {
        throw Diagnostic(
          .error, "'\(source.weights)' has no tensor '\(name)' of shape \(shape.dimensions)",
          at: source.span,
          hint: "weights are a checkpoint of a run of '\(source.spec)', or have its names")
      }
      engine.setState(index, tensor.doubles)
      digest.combine(name)
      digest.combine(tensor.bytes)
    }
    return digest.text
  }
}
