import Glibc

/// How a learning rate, or a penalty's weight, changes over the rounds of a run.
public struct RoundSchedule: Hashable, Sendable {
  public enum Curve: Hashable, Sendable {
    case constant
    /// A straight line to `target` in round `rounds`, and there from then on.
    case linear(target: Double, rounds: Int)
    /// Half a cosine wave, from its crest to `target` in round `rounds`. (Loshchilov and Hutter 2017, without restarts.)
    case cosine(target: Double, rounds: Int)
    /// Times `factor` at the end of every `rounds` rounds.
    case step(factor: Double, rounds: Int)
    /// Times `factor` over every `rounds` rounds, little by little.
    case exponential(factor: Double, rounds: Int)
  }

  public var curve = Curve.constant
  /// Rounds in which the value rises in a line from 0; it multiplies the curve.
  public var warmup = 0

  /// `true` iff the value never changes.
  public var isConstant: Bool { self == RoundSchedule() }

  /// The value in a round, counted from 0.
  public func value(from start: Double, round: Int) -> Double {
    let value: Double
    switch curve {
    case .constant: value = start
    case .linear(let target, let rounds):
      value = start + (target - start) * share(round, rounds)
    case .cosine(let target, let rounds):
      value = target + (start - target) * (1 + cos(.pi * share(round, rounds))) / 2
    case .step(let factor, let rounds): value = start * pow(factor, Double(round / rounds))
    case .exponential(let factor, let rounds):
      value = start * pow(factor, Double(round) / Double(rounds))
    }
    return round < warmup ? value * (Double(round) + 1) / Double(warmup) : value
  }

  private func share(_ round: Int, _ rounds: Int) -> Double {
    min(1, Double(round) / Double(rounds))
  }
}
