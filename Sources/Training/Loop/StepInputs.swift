import Data
import Diagnostics
import Execution
import Lowering
import Random
import Spec
import TensorIR

/// Writes everything that a function reads besides variables: batches, draws and the step's scalars.
///
/// What is written is a pure function of (seed, player, name, step count), so that neither the order of players nor
/// another penalty shifts anybody's samples, and a run resumes from the counts alone. (DESIGN 1.3.)
struct StepInputs {
  /// Values that replace what would be drawn: of a recorded round.
  typealias Replacement = (_ name: String) -> [Double]?
  /// Sees every batch and draw after it was written.
  typealias Tap = (_ name: String, _ values: UnsafeMutableBufferPointer<Float>, Shape) -> Void

  private enum Source {
    case variable
    case batch(BatchSource)
    case random(RandomStream, DrawDistribution)
    case scalar(StepScalar, Optimizer)
  }

  /// One per input; `name` is the key in records.
  private let inputs: [(name: String, source: Source, shape: Shape)]

  /// The inputs of the function at `index`; `owner` is the player whose samples they are, or `sample`.
  init(
    of index: Int, in compiled: CompiledExperiment, datasets: Datasets, owner: String,
    seed: UInt64
  ) throws(Diagnostic) {
    let function = compiled.functions[index].function
    let experiment = compiled.experiment
    let optimizer = experiment.players.first { $0.name == owner }?.optimizer
    var inputs: [(name: String, source: Source, shape: Shape)] = []
    for (input, type) in zip(function.inputs, function.graph.inputTypes) {
      switch input {
      case .variable(let name): inputs.append((name, .variable, type.shape))
      case .stream(let name, let draw):
        let source = try Self.source(
          of: name, draw: draw, batch: type.shape.dimensions.first ?? 1, experiment, datasets,
          owner: owner, seed: seed)
        inputs.append((draw == 1 ? name : "\(name)@\(draw)", source, type.shape))
      case .draw(let name, let distribution):
        let random = RandomStream(seed: seed, name: "\(owner)/\(name)")
        inputs.append((name, .random(random, distribution), type.shape))
      case .scalar(let scalar):
        guard let optimizer else { preconditionFailure("only players' steps read \(scalar)") }
        inputs.append(("\(scalar)", .scalar(scalar, optimizer), type.shape))
      }
    }
    self.inputs = inputs
  }

  private static func source(
    of name: String, draw: Int, batch: Int, _ experiment: Experiment, _ datasets: Datasets,
    owner: String, seed: UInt64
  ) throws(Diagnostic) -> Source {
    guard let stream = experiment.streams.first(where: { $0.name == name }) else {
      preconditionFailure("lowering reads the unknown stream '\(name)'")
    }
    let key = draw == 1 ? name : "\(name)@\(draw)"
    let random = RandomStream(seed: seed, name: "\(owner)/\(key)")
    switch stream.source {
    case .normal: return .random(random, .normal(mean: 0, deviation: 1))
    case .uniform(let low, let high): return .random(random, .uniform(low: low, high: high))
    case .data:
      guard
        let source = try datasets.source(stream, batch: batch, player: owner, draw: draw, seed: seed)
      else { preconditionFailure("the data of '\(name)' was not read") }
      return .batch(source)
    }
  }

  /// Writes all inputs for step `count` of the owner in `round`, where the engine's executable reads them.
  func write(
    to engine: any Engine, executable: Int, count: Int, round: Int = 0,
    replacement: Replacement? = nil, tap: Tap? = nil
  ) {
    for (index, (name, source, shape)) in inputs.enumerated() {
      switch source {
      case .variable: continue
      case .scalar(let scalar, let optimizer):
        engine.setScalar(of: executable, index, scalar.value(for: optimizer, count: count, round: round))
      case .batch, .random:
        engine.withInput(of: executable, index) { buffer in
          if let values = replacement?(name) {
            for (i, value) in values.enumerated() { buffer[i] = Float(value) }
          } else {
            Self.fill(buffer, source, count: count)
          }
          tap?(name, buffer, shape)
        }
      }
    }
  }

  private static func fill(_ buffer: UnsafeMutableBufferPointer<Float>, _ source: Source, count: Int) {
    let step = UInt64(count)
    switch source {
    case .batch(let batches): batches.fill(buffer, batch: count)
    case .random(let stream, .normal(let mean, let deviation)):
      stream.fillNormal(buffer, mean: Float(mean), deviation: Float(deviation), step: step)
    case .random(let stream, .uniform(let low, let high)):
      stream.fillUniform(buffer, low: Float(low), high: Float(high), step: step)
    case .variable, .scalar: break
    }
  }
}
