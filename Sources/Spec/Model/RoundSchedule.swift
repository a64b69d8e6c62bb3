import Glibc

/// How a learning rate changes over the rounds of a run.
public struct LearningRateSchedule: Hashable, Sendable {
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
  /// Rounds in which the rate rises in a line from 0; it multiplies the curve.
  public var warmup = 0

  /// The learning rate of a round, counted from 0.
  public func rate(from start: Double, round: Int) -> Double {
    let rate: Double
    switch curve {
    case .constant: rate = start
    case .linear(let target, let rounds):
      rate = start + (target - start) * share(round, rounds)
    case .cosine(let target, let rounds):
      rate = target + (start - target) * (1 + cos(.pi * share(round, rounds))) / 2
    case .step(let factor, let rounds): rate = start * pow(factor, Double(round / rounds))
    case .exponential(let factor, let rounds):
      rate = start * pow(factor, Double(round) / Double(rounds))
    }
    return round < warmup ? rate * (Double(round) + 1) / Double(warmup) : rate
  }

  private func share(_ round: Int, _ rounds: Int) -> Double {
    min(1, Double(round) / Double(rounds))
  }
}
