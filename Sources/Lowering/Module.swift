import TensorIR

/// A compiled experiment: variables that live as long as the run, and one graph for each thing that can happen.
public struct Module: Sendable {
  public var name: String
  public var variables: [Variable]
  public var functions: [Function]
}

/// A tensor that outlives a step.
public struct Variable: Sendable {
  public enum Role: Hashable, Sendable {
    /// Moved by an optimizer.
    case parameter(network: String)
    /// Moved by its network itself: running statistics.
    case buffer(network: String)
    /// `m`, `v` and the like; `parameter` is the full name of the tensor that it belongs to.
    case optimizer(player: String, parameter: String, slot: String)
    /// The running average of an `ema(v, decay)`.
    case average
    /// The running average of a network's parameter.
    case parameterAverage(network: String)
    /// Another value of the named variable within one round: where it looks ahead to, or what it becomes at its end.
    case shadow(of: String)
  }

  /// `G.0.weight`, as in PyTorch's state_dict; `optimizer/generator/G.0.weight/m` for optimizer state.
  public var name: String
  public var shape: Shape
  public var role: Role
  public var initial: Initializer
}

/// How a variable starts.
public indirect enum Initializer: Hashable, Sendable {
  case constant(Double)
  /// Uniform on ±bound, drawn from a random stream named after the variable.
  case uniform(bound: Double)
  case normal(deviation: Double)
  /// A direction: normal values divided by their Euclidean norm.
  case unitNormal
  /// As the variable of this name, which has this initializer.
  case copy(of: String, Initializer)
}

/// One graph with the meaning of its inputs and results.
public struct Function: Sendable {
  public enum Kind: Hashable, Sendable {
    /// One optimizer step of a player in which the named penalties are due.
    case step(player: String, due: [String])
    /// The first half of a step with `update: extragradient`: writes where the parameters would go.
    case lookahead(player: String, due: [String])
    /// The end of a round with `update: simultaneous`: all that players moved takes its new value.
    case commit
    /// A network in evaluation mode, for pictures.
    case sample(network: String)
  }

  public var kind: Kind
  public var graph: Graph
  /// One per graph input.
  public var inputs: [InputSource]
  /// One per graph result.
  public var results: [ResultTarget]
}

/// Who writes an input.
public enum InputSource: Hashable, Sendable {
  case variable(String)
  /// A batch of the named stream; `draw` 1 is the step's own, higher ones independent batches. Recorded as `x` or `x@2`.
  case stream(String, draw: Int)
  /// A random value of a regularizer, recorded under `name` (`wgan_gp.t`).
  case draw(name: String, DrawDistribution)
  case scalar(StepScalar)
}

/// Distribution of a draw.
public enum DrawDistribution: Hashable, Sendable {
  case uniform(low: Double, high: Double)
  case normal(mean: Double, deviation: Double)
}

/// A number that the loop computes in double precision before each step.
public enum StepScalar: Hashable, Sendable {
  /// The learning rate of this round.
  case learningRate
  /// 1 - β₁ᵗ and √(1 - β₂ᵗ) of Adam's step t, from 1.
  case adamBias1, adamBias2Root
  /// How much of a network's average stays: `decay` from round `start` on, 0 before.
  case averageDecay(network: String, decay: Double, start: Int)

  /// The name of the graph input.
  var name: String {
    if case .averageDecay(let network, _, _) = self { "averageDecay/\(network)" } else { "\(self)" }
  }
}

/// Where a result goes.
public enum ResultTarget: Hashable, Sendable {
  /// The next value of a variable.
  case variable(String)
  /// A number for the log: `loss`, a penalty's name, `<penalty>.weight`.
  case scalar(String)
  /// The total gradient of a parameter; only where the module was lowered for recording.
  case gradient(parameter: String)
  /// An auto-weighted penalty's own gradient, likewise.
  case penaltyGradient(penalty: String, parameter: String)
  /// Samples.
  case value
}
