import Optimizers
import TensorIR

/// Who writes an input.
public enum InputSource: Hashable, Sendable {
  /// The state block: the variable of this name.
  case variable(String)
  /// A batch of the named stream: the step's own, recorded as `x`, or an independent one that `batch` tells apart,
  /// recorded as `x@2` (of `loss(P, draw=2)`) or `x@wgan_gp` (of a `fresh(x)` in that penalty).
  case stream(String, batch: String)
  /// A random value of a regularizer, recorded under `name` (`wgan_gp.t`).
  case draw(name: String, DrawDistribution)
  /// A number that the loop computes.
  case scalar(StepScalar)

  /// The name of a batch or draw, in records and as graph input; nil for what is no sample.
  public var sampleName: String? {
    switch self {
    case .stream(let name, let batch): batch.isEmpty ? name : "\(name)@\(batch)"
    case .draw(let name, _): name
    case .variable, .scalar: nil
    }
  }

  /// The name of the graph input, where the graph is a single step.
  package var name: String {
    switch self {
    case .variable(let name): name
    case .stream(let name, _): sampleName ?? name
    case .draw(let name, _): name
    case .scalar(let scalar): scalar.name
    }
  }
}

/// A number that the loop computes in double precision before each step.
public enum StepScalar: Hashable, Sendable {
  /// A number of the player's optimizer, by its name there: `learningRate`.
  case optimizer(String)
  /// How much of a network's average stays.
  case averageDecay(network: String, AverageDecay)
  /// Rounds done.
  case round
  /// One of `scalars`; `start` is the number that its schedule begins with.
  case scheduled(name: String, start: Double, schedule: RoundSchedule)
  /// The weight of a penalty in this round; `start` is the number that its schedule begins with.
  case penaltyWeight(name: String, start: Double, schedule: RoundSchedule)

  /// The name of the graph input, which no stream can have.
  package var name: String {
    switch self {
    case .averageDecay(let network, _): "averageDecay/\(network)"
    case .penaltyWeight(let name, _, _): "penaltyWeight/\(name)"
    case .optimizer(let name): "step/\(name)"
    case .round: "game/round"
    case .scheduled(let name, _, _): "game/\(name)"
    }
  }
}
