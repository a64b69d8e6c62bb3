import Diagnostics
import Optimizers

/// One who trains some networks, as rounds see it.
public struct ModulePlayer: Sendable {
  /// Unique within the module.
  public var name: String
  /// Names of the networks that it moves.
  public var trains: [String]
  /// Optimizer steps in a round.
  public var steps: StepCount
  /// In the order in which they are added to the loss.
  public var penalties: [ModulePenalty]
  /// How its parameters move; the loop computes its numbers before each step.
  public var optimizer: Optimizer
  /// Whose optimizer that is: another player's, where this is one of its penalties.
  public var optimizerOwner: String
  /// Where the spec speaks of it.
  public var span: SourceSpan

  package init(
    name: String, trains: [String], steps: StepCount, penalties: [ModulePenalty],
    optimizer: Optimizer, optimizerOwner: String, span: SourceSpan
  ) {
    self.name = name
    self.trains = trains
    self.steps = steps
    self.penalties = penalties
    self.optimizer = optimizer
    self.optimizerOwner = optimizerOwner
    self.span = span
  }

  /// Names of the penalties that are due in the player's step `index`, counted from 0.
  public func penaltiesDue(at index: Int) -> [String] {
    penalties.filter { index.isMultiple(of: $0.every) }.map(\.name)
  }
}

/// A term that is added to a player's loss in some of its steps.
public struct ModulePenalty: Hashable, Sendable {
  /// What the log calls it.
  public var name: String
  /// Due when the player's step count is a multiple of this.
  public var every: Int

  package init(name: String, every: Int) {
    self.name = name
    self.every = every
  }
}
