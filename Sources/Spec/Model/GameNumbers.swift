import Diagnostics
import Optimizers

/// A number of a step that the loop knows before it, the same for all samples.
public enum StepNumber: Hashable, Sendable {
  /// Rounds done before this one.
  case round
  /// One of `scalars`: what its schedule makes of `start` in this round.
  case scheduled(name: String, start: Double, schedule: RoundSchedule)
}

/// A value of the game that no optimizer moves: one of `state`.
public struct StateVariable: Sendable {
  /// What expressions call it.
  public var name: String
  /// Without a batch; empty for one number.
  public var shape: [Int]
  /// What all of its elements start at.
  public var initial: Double
  /// In whose steps it moves.
  public var player: String
  /// Values of its `let`, in an order in which each names only earlier ones.
  public var bindings: [LetBinding]
  /// What a step makes of it, of everything as it was at the step's start.
  public var becomes: TypedExpression
  /// Its entry.
  public var span: SourceSpan
}
