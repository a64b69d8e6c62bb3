import Optimizers
import Spec
import TensorIR

/// A compiled experiment: variables that live as long as the run, and one graph for each thing that can happen.
public struct Module: Sendable {
  /// The experiment's name.
  public var name: String
  /// In the order in which a state block holds them.
  public var variables: [Variable]
  /// Steps of players in the order of the spec, then what samples and measures.
  public var functions: [Function]
}

/// A tensor that outlives a step.
public struct Variable: Sendable {
  /// What a variable is for, and who moves it.
  public enum Role: Hashable, Sendable {
    /// Moved by an optimizer.
    case parameter(network: String)
    /// Moved by its network itself: running statistics.
    case buffer(network: String)
    /// `m`, `v` and the like; `parameter` is the full name of the tensor that it belongs to.
    case optimizer(player: String, parameter: String, slot: String)
    /// The running average of an `ema(v, decay)`, or a value of the game's state.
    case average
    /// What samples may read in place of a network's variable: its running average, a singular vector of that, or
    /// statistics of samples' own.
    case parameterAverage(network: String)
    /// Another value of the named variable within one round: where it looks ahead to, or what it becomes at its end.
    case shadow(of: String)
  }

  /// `G.0.weight`, as in PyTorch's state_dict; `optimizer/generator/G.0.weight/m` for optimizer state.
  public var name: String
  /// Sizes of its axes, without a batch; [] is one number.
  public var shape: Shape
  /// What it is for.
  public var role: Role
  /// Its value before the first round.
  public var initial: Initializer
}

/// One graph with the meaning of its inputs and results.
public struct Function: Sendable {
  /// When a function runs.
  public enum Kind: Hashable, Sendable {
    /// One optimizer step of a player in which the named penalties are due.
    case step(player: String, due: [String])
    /// One step of every player, in which the named penalties are due.
    case round(due: [String])
    /// The first half of a step with `update: extragradient`: writes where the parameters would go.
    case lookahead(player: String, due: [String])
    /// The end of a round with `update: simultaneous`: all that players moved takes its new value.
    case commit
    /// A network in evaluation mode, for pictures.
    case sample(network: String)
    /// The statistics of one batch of samples.
    case statistics
    /// The number that a metric of the spec's own is of one batch.
    case metric(name: String)
  }

  /// When it runs.
  public var kind: Kind
  /// What it computes; inputs and results that are samples have the batch as their first axis.
  public var graph: Graph
  /// One per graph input.
  public var inputs: [InputSource]
  /// Whose each input is, a player's or `sample`'s; empty for variables and for batches that all players share.
  public var inputOwners: [String]
  /// One per graph result.
  public var results: [ResultTarget]
  /// The player whose step each result comes from; empty outside of steps.
  public var resultOwners: [String]
}

/// Who writes an input.
public enum InputSource: Hashable, Sendable {
  case variable(String)
  /// A batch of the named stream: the step's own, recorded as `x`, or an independent one that `batch` tells apart,
  /// recorded as `x@2` (of `loss(P, draw=2)`) or `x@wgan_gp` (of a `fresh(x)` in that penalty).
  case stream(String, batch: String)
  /// A random value of a regularizer, recorded under `name` (`wgan_gp.t`).
  case draw(name: String, DrawDistribution)
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
  var name: String {
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
  /// How much of a network's average stays: `decay` from round `start` on, 0 before.
  case averageDecay(network: String, decay: Double, start: Int)
  /// Rounds done.
  case round
  /// One of `scalars`; `start` is the number that its schedule begins with.
  case scheduled(name: String, start: Double, schedule: RoundSchedule)
  /// The weight of a penalty in this round; `start` is the number that its schedule begins with.
  case penaltyWeight(name: String, start: Double, schedule: RoundSchedule)

  /// The name of the graph input, which no stream can have.
  var name: String {
    switch self {
    case .averageDecay(let network, _, _): "averageDecay/\(network)"
    case .penaltyWeight(let name, _, _): "penaltyWeight/\(name)"
    case .optimizer(let name): "step/\(name)"
    case .round: "game/round"
    case .scheduled(let name, _, _): "game/\(name)"
    }
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

extension StepScalar {
  /// What the loop computes for a number that an expression names.
  init(_ number: StepNumber) {
    switch number {
    case .round: self = .round
    case .scheduled(let name, let start, let schedule):
      self = .scheduled(name: name, start: start, schedule: schedule)
    }
  }
}
