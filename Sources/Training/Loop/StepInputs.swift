import Compilation
import Data
import Diagnostics
import Execution
import Lowering
import Optimizers
import Random
import Spec
import TensorIR

/// Writes everything that a function reads besides variables: batches, draws and the step's
/// scalars.
///
/// What is written is a pure function of (seed, player, name, step count), so that neither the
/// order of players nor another penalty shifts anybody's samples, and a run resumes from the counts
/// alone.
package struct StepInputs {
  /// Values that replace what would be drawn: of a recorded round.
  typealias Replacement = (_ name: String) -> [Double]?
  /// Sees every batch and draw after it was written.
  typealias Tap = (_ name: String, _ values: UnsafeMutableBufferPointer<Float>, Shape) -> Void

  private enum Source {
    case variable
    case batch(BatchSource)
    case random(RandomStream, DrawDistribution)
    /// Every class in turn, for samples that one compares.
    case everyClass(of: Int)
    case scalar(StepScalar, Optimizer)
  }

  /// When a step is: what its inputs depend on.
  package struct Time {
    /// The owner's step, from 0.
    package var count: Int
    /// The round, from 0.
    package var round = 0
    /// What `count` is for samples that all players share.
    package var shared = 0

    package init(count: Int, round: Int = 0, shared: Int = 0) {
      self.count = count
      self.round = round
      self.shared = shared
    }
  }

  /// The owner of samples that all players share; no player can have this name.
  private static let sharedOwner = "*"

  /// One per input; `name`, of the graph's input, is the key in records.
  private let inputs: [Entry]

  private struct Entry {
    var name: String
    var source: Source
    var shape: Shape
    var isShared: Bool
  }

  /// The inputs of the function at `index`.
  init(
    of index: Int, in compiled: CompiledExperiment, datasets: Datasets, seed: UInt64
  ) throws(Diagnostic) {
    let function = compiled.functions[index].function
    let experiment = compiled.experiment
    let ofSamples = [compiled.sampling, compiled.statistics]
    var inputs: [Entry] = []
    for (place, input) in function.inputs.enumerated() {
      let shape = function.graph.inputTypes[place].shape
      let owner = function.inputOwners[place]
      let isShared = owner.isEmpty
      let source: Source
      switch input {
      case .variable: source = .variable
      case .stream(let name, let batch):
        source = try Self.source(
          of: name, key: input.sampleName ?? name, count: shape.dimensions.first ?? 1,
          batch: batch, experiment, datasets, owner: isShared ? Self.sharedOwner : owner,
          seed: seed, repeats: index == compiled.sampling,
          truncation: ofSamples.contains(index) ? experiment.output.sample?.truncation : nil)
      case .draw(let name, let distribution):
        source = .random(RandomStream(seed: seed, name: "\(owner)/\(name)"), distribution)
      case .scalar(let scalar):
        // A metric reads weights of penalties, which are no player's own.
        let player = experiment.players.first { $0.name == owner } ?? experiment.players.first
        guard let player else { preconditionFailure("only games read \(scalar)") }
        source = .scalar(scalar, player.optimizer)
      }
      inputs.append(
        Entry(
          name: function.graph.inputNames[place], source: source, shape: shape,
          isShared: isShared))
    }
    self.inputs = inputs
  }

  private static func source(
    of name: String, key: String, count: Int, batch: String, _ experiment: Experiment,
    _ datasets: Datasets, owner: String, seed: UInt64, repeats: Bool,
    truncation: Double?
  ) throws(Diagnostic) -> Source {
    guard let stream = experiment.streams.first(where: { $0.name == name }) else {
      preconditionFailure("lowering reads the unknown stream '\(name)'")
    }
    let random = RandomStream(seed: seed, name: "\(owner)/\(key)")
    switch stream.source {
    case .normal:
      return .random(
        random, truncation.map { .truncated(bound: $0) } ?? .normal(mean: 0, deviation: 1))
    case .uniform(let low, let high): return .random(random, .uniform(low: low, high: high))
    case .classes(let classes):
      return repeats ? .everyClass(of: classes) : .random(random, .classes(classes))
    case .data:
      guard
        let source = try datasets.source(
          stream, count: count, player: owner, batch: batch, seed: seed,
          repeats: repeats)
      else { preconditionFailure("the data of '\(name)' was not read") }
      return .batch(source)
    }
  }

  /// Writes all inputs for a step of the owner where the engine's executable reads them; what is wrong with a sample
  /// that is read only now, and then the step must not be taken.
  func write(
    to engine: any Engine, executable: Int, at time: Time,
    replacement: Replacement? = nil, tap: Tap? = nil
  ) -> Diagnostic? {
    var fault: Diagnostic?
    for (index, input) in inputs.enumerated() {
      switch input.source {
      case .variable: continue
      case .scalar(let scalar, let optimizer):
        engine.setScalar(of: executable, index, scalar.value(for: optimizer, at: time))
      case .batch, .random, .everyClass:
        engine.withInput(of: executable, index) { buffer in
          if let values = replacement?(input.name) {
            for (i, value) in values.enumerated() { buffer[i] = Float(value) }
          } else {
            let count = input.isShared ? time.shared : time.count
            do throws(Diagnostic) {
              try Self.fill(buffer, input.source, count: count)
            } catch { fault = fault ?? error }
          }
          tap?(input.name, buffer, input.shape)
        }
      }
    }
    return fault
  }

  private static func fill(
    _ buffer: UnsafeMutableBufferPointer<Float>, _ source: Source, count: Int
  ) throws(Diagnostic) {
    let step = UInt64(count)
    switch source {
    case .batch(let batches):
      try batches.fill(buffer, batch: count)
    case .random(let stream, .normal(let mean, let deviation)):
      stream.fillNormal(buffer, mean: Float(mean), deviation: Float(deviation), step: step)
    case .random(let stream, .truncated(let bound)):
      stream.fillTruncatedNormal(buffer, bound: Float(bound), step: step)
    case .random(let stream, .uniform(let low, let high)):
      stream.fillUniform(buffer, low: Float(low), high: Float(high), step: step)
    case .random(let stream, .classes(let classes)):
      fillOneHot(buffer, classes) { stream.uniformInt(below: classes, at: $0, step: step) }
    case .everyClass(let classes):
      let first = buffer.count / classes * count
      fillOneHot(buffer, classes) { (first + $0) % classes }
    case .variable, .scalar: break
    }
  }

  /// Writes a one-hot vector for each sample.
  private static func fillOneHot(
    _ buffer: UnsafeMutableBufferPointer<Float>, _ classes: Int, _ choose: (Int) -> Int
  ) {
    buffer.update(repeating: 0)
    for sample in 0..<(buffer.count / classes) {
      buffer[sample * classes + choose(sample)] = 1
    }
  }
}
