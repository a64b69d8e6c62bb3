import Compilation
import Console
import Data
import Diagnostics
import Export
import Lowering
import Modules
import Spec
import TensorIR

extension RunWeights {
  /// What a scalar of the spec is in a model.
  public enum ScalarChoice: Hashable, Sendable {
    case number(Double)
    /// An input of the model.
    case input
  }

  /// What the run samples, as an ONNX model with these weights: latents are its inputs, and so are other random numbers
  /// that samples are made of.
  ///
  /// `scalars` are those of the spec's that samples depend on; others have the value of the checkpoint's round.
  ///
  /// - Throws: a diagnostic where the run samples nothing, or what ONNX has nothing for.
  public func onnx(scalars: [String: ScalarChoice] = [:]) throws(Diagnostic) -> ONNXModel {
    guard let sample = experiment.output.sample else {
      throw Diagnostic(
        .error, "the spec of the run samples nothing",
        hint: "say what to sample under 'samples', and train it again")
    }
    try requireScalars(scalars)
    do throws(ONNXModel.Refusal) {
      let model = try self.model(of: sample, count: Self.trialCounts.0, scalars)
      guard model.fixedBy == nil else {
        return try self.model(of: sample, count: sample.count, scalars)
      }
      // Constants of the graph may hold a number of samples, which no size in it shows.
      let other = try self.model(of: sample, count: Self.trialCounts.1, scalars)
      guard other.bytes != model.bytes else { return model }
      return try self.model(
        of: sample, count: sample.count, scalars,
        fixedBy: "numbers in it depend on how many there are")
    } catch {
      throw Diagnostic(.error, "what the run samples is no ONNX model: \(error.reason)")
    }
  }

  /// Samples that graphs have which stand for any number of them: as hardly any size in them is.
  private static let trialCounts = (13, 17)

  /// The model of so many samples, without what passes or lowering do for kernels of this machine.
  private func model(
    of sample: SampleSource, count: Int, _ scalars: [String: ScalarChoice],
    fixedBy reason: String? = nil
  ) throws(ONNXModel.Refusal) -> ONNXModel {
    var source = experiment
    source.output.sample?.count = count
    source.output.sample?.usesAverage = choice == .average
    let options = LoweringOptions(element: compiled.precision.element)
    guard let function = lowerSamples(of: source, options: options) else {
      preconditionFailure("the spec samples, but no function does")
    }
    return try ONNXModel(
      function.graph, inputs: inputs(of: function, scalars), metadata: metadata(of: sample),
      fixedBy: reason)
  }

  private func requireScalars(_ scalars: [String: ScalarChoice]) throws(Diagnostic) {
    let inputs = compiled.sampling.map { compiled.functions[$0].function.inputs } ?? []
    let known = inputs.compactMap(\.scalarName).sorted()
    guard let name = scalars.keys.sorted().first(where: { !known.contains($0) }) else { return }
    throw Diagnostic(
      .error, "what the run samples depends on no scalar '\(name)'",
      hint: known.isEmpty ? "leave --scalar away" : "there are \(known.joined(separator: ", "))")
  }

  private func inputs(
    of function: Function, _ scalars: [String: ScalarChoice]
  ) -> [ONNXModel.Input] {
    let samples = function.sampleInputs
    return function.ports.enumerated().map { place, port in
      let shape = function.graph.inputTypes[place].shape.dimensions
      switch port.source {
      case .variable(let name):
        let plain = plainName(name)
        return .known(value(of: plain) ?? zero(shape), name: plain)
      case .draw(let name, let distribution) where compiled.module.fixesNoise(name):
        let values = StepInputs.fixedValues(
          of: distribution, name: "\(port.owner ?? sampleOwner)/\(name)",
          count: shape.reduce(1, *), seed: experiment.seed)
        let tensor = compiled.precision.tensor(values.map { Double($0) }, shape: shape)
        return .known(tensor, name: name)
      case .stream, .draw:
        let name = function.graph.inputNames[place]
        return samples.contains(place) ? .samples(name: name) : .open(name: name)
      case .scalar(let scalar):
        let name = port.source.scalarName ?? scalar.name
        switch scalars[name] {
        case .input: return .open(name: name)
        case .number(let value): return .known(number(value), name: name)
        case nil: return .known(number(self.value(of: scalar)), name: name)
        }
      }
    }
  }

  private func zero(_ shape: [Int]) -> TensorData {
    compiled.precision.tensor([Double](repeating: 0, count: shape.reduce(1, *)), shape: shape)
  }

  private func number(_ value: Double) -> TensorData {
    compiled.precision.tensor([value], shape: [])
  }

  /// At the checkpoint's round.
  private func value(of scalar: StepScalar) -> Double {
    guard let player = compiled.module.players.first else { return 0 }
    return scalar.value(for: player.optimizer, at: StepInputs.Time(count: 0, round: round))
  }

  private func metadata(of sample: SampleSource) -> [(key: String, value: String)] {
    var metadata = [
      ("spec", experiment.name), ("samples", sample.title), ("weights", choice.rawValue),
      ("round", "\(round)"),
    ]
    if let range = sample.range {
      metadata.append(("range", "\(range.lowerBound) \(range.upperBound)"))
    }
    if let bound = sample.truncation { metadata.append(("latents", "normal within \(bound)")) }
    return metadata.map { ($0, $1) }
  }

  /// Writes `onnx(scalars:)`; a line about it.
  public func writeONNX(
    to path: String, scalars: [String: ScalarChoice]
  ) throws(Failure) -> String {
    let model = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try onnx(scalars: scalars)
    }
    do throws(FileError) {
      try AtomicFile.write(model.bytes, to: path)
    } catch { throw Failure(.runTime, DiagnosticBag([error.diagnostic])) }
    let inputs = model.inputs.map { name, sizes in
      "\(name) [\(sizes.map { $0.map(String.init) ?? "N" }.joined(separator: ", "))]"
    }
    let sampled = experiment.output.sample?.title ?? ""
    let fixed = model.fixedBy.map { "; only so many samples, since \($0)" } ?? ""
    let given = inputs.isEmpty ? "" : ", of \(inputs.joined(separator: ", "))"
    return "\(title(of: sampled))\(given)\(fixed): \(path)"
  }
}

extension InputSource {
  /// The name that the spec has for a scalar; nil for all else.
  fileprivate var scalarName: String? {
    guard case .scalar(let scalar) = self else { return nil }
    switch scalar {
    case .scheduled(let name, _, _): return name
    case .round: return "round"
    case .optimizer, .averageDecay, .penaltyWeight: return scalar.name
    }
  }
}
