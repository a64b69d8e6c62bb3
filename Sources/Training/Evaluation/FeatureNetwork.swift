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

  /// Compiles the network and reads its weights.
  ///
  /// `shape` and `range` are those of the samples that it will see.
  ///
  /// - Throws: a failure that points at the entry of `features`.
  init(
    _ source: FeatureSource, view: CompiledFeatures.View, shape: [Int], range: ClosedRange<Double>,
    _ options: EngineOptions
  ) throws(Failure) {
    let features = try CompiledFeatures(source, view: view, options)
    let (network, compiled) = (features.network, features.compiled)
    let ownRange = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try Self.range(of: features.stream) ?? range
    }
    conversion = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try FeatureInput(
        source, shape: shape, range: range, own: network.inputs[0].shape, ownRange: ownRange)
    }
    (batch, places, width) = (features.batch, features.places, features.width)
    let engine = try Failure.of(.runTime) { () throws(Diagnostic) in
      try compiled.precision.makeEngine(
        layout: compiled.layout, executables: compiled.functions.map(\.executable),
        options: compiled.engineOptions)
    }
    self.engine = engine
    input = compiled.functions[0].function.inputs.firstIndex { $0.sampleName != nil } ?? 0
    sampleSize = shape.reduce(1, *)
    let digest = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try Self.readWeights(source, into: engine, compiled)
    }
    let last = network.layers.last?.path ?? network.name
    identity =
      "\(last)\(places > 1 ? ", mean of places," : "") with graph and weights of digest \(digest) on "
      + "\(ownRange)\(conversion.identity)"
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
  /// The values that a network's own data has, which is opened where its definition does not tell; nil for what is no
  /// data.
  private static func range(
    of stream: Spec.Stream
  ) throws(Diagnostic) -> ClosedRange<Double>? {
    guard case .data(let dataset, _) = stream.source else { return nil }
    if let known = dataset.range ?? dataset.definition.valueRange { return known }
    do throws(Diagnostic) {
      return try LoadedDataset(dataset.definition.open()).bounds
    } catch { throw error.located(at: dataset.span) }
  }

  /// Puts the tensors of the file into the engine; a digest of those that were needed and of what is computed with them.
  private static func readWeights(
    _ source: FeatureSource, into engine: any Engine, _ compiled: CompiledExperiment
  ) throws(Diagnostic) -> String {
    let file: SafetensorsFile
    do throws(Diagnostic) {
      file = try SafetensorsFile(path: source.weights)
    } catch { throw error.located(at: source.span) }
    let layout = compiled.layout
    var digest = Digest()
    digest.combine(compiled.functions[0].function.graph.namelessText)
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
