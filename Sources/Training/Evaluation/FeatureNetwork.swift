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
  private let inputSize: Int
  /// How values of the run's data become values of the network's.
  private let scale: Double
  private let shift: Double

  /// Samples that are looked at together; the last may be filled up.
  private static let batch = 250

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
      try Self.network(source, of: spec, shape: shape, view: view)
    }
    var experiment = spec
    experiment.players = []
    experiment.averages = []
    experiment.metrics = []
    experiment.networks = [network]
    experiment.train.order = []
    experiment.train.shared = []
    experiment.train.threads = options.threads
    experiment.output.sample = SampleSource(
      chain: [network], streams: [stream], count: Self.batch)
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
    inputSize = shape.reduce(1, *)
    width = network.output.reduce(1, *)
    let own = Self.range(of: stream) ?? range
    scale = (own.upperBound - own.lowerBound) / (range.upperBound - range.lowerBound)
    shift = own.lowerBound - range.lowerBound * scale
    let digest = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try Self.readWeights(source, into: engine, compiled.layout)
    }
    let last = network.layers.last?.path ?? network.name
    identity = "\(last) with weights of digest \(digest) on \(own)"
  }

  /// The values of samples, a row each.
  func rows(_ samples: ArraySlice<Float>) -> Matrix {
    let count = samples.count / inputSize
    var values: [Double] = []
    values.reserveCapacity(count * width)
    for start in stride(from: 0, to: count, by: Self.batch) {
      let batch = min(Self.batch, count - start)
      engine.withInput(of: 0, input) { buffer in
        for i in buffer.indices {
          let place = samples.startIndex + start * inputSize + i
          buffer[i] =
            i < batch * inputSize ? Float(Double(samples[place]) * scale + shift) : 0
        }
      }
      engine.run(0)
      values += engine.result(of: 0, 0).prefix(batch * width)
    }
    return Matrix(columns: width, values)
  }
}

// MARK: - Finding and filling it

extension FeatureNetwork {
  /// The network up to the layer that is looked at, and the stream that feeds it.
  private static func network(
    _ source: FeatureSource, of spec: Experiment, shape: [Int], view: View
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
    guard found.inputs.map(\.shape) == [shape] else {
      throw Diagnostic(
        .error,
        "network '\(found.name)' of '\(source.spec)' takes \(found.inputs.map(\.shape)), but samples are \(shape)",
        at: source.span)
    }
    guard let stream = spec.streams.first(where: { $0.isData(like: shape) }) else {
      throw Diagnostic(
        .error, "'\(source.spec)' has no data like its network's input", at: source.span)
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
