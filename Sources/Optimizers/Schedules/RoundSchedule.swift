import Syntax

/// How a learning rate, or a penalty's weight, changes over the rounds of a run.
public struct RoundSchedule: Hashable, Sendable {
  package static let warmup = Key(
    "warmup", .rounds(from: 0), default: 0,
    "Rounds in which the value rises in equal steps, the first of which it has in the first round; a factor on the curve."
  )

  package var curve: any ScheduleDefinition
  /// Rounds in which the value rises in a line from 0; it multiplies the curve.
  package var warmup: Int

  package init(curve: any ScheduleDefinition = ConstantSchedule(), warmup: Int = 0) {
    self.curve = curve
    self.warmup = warmup
  }

  /// `true` iff the value never changes.
  public var isConstant: Bool { self == RoundSchedule() }

  /// The value in a round, counted from 0.
  public func value(from start: Double, round: Int) -> Double {
    let value = curve.value(from: start, round: round)
    return round < warmup ? value * (Double(round) + 1) / Double(warmup) : value
  }

  public static func == (a: RoundSchedule, b: RoundSchedule) -> Bool {
    AnyHashable(a.curve) == AnyHashable(b.curve) && a.warmup == b.warmup
  }

  public func hash(into hasher: inout Hasher) {
    curve.hash(into: &hasher)
    hasher.combine(warmup)
  }
}
