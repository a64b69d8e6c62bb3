import TensorIR

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

  package init(name: String, shape: Shape, role: Role, initial: Initializer) {
    self.name = name
    self.shape = shape
    self.role = role
    self.initial = initial
  }
}
