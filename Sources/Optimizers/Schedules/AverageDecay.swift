import Glibc

/// How much of a running average of parameters stays in a round.
public struct AverageDecay: Hashable, Sendable {
  /// What stays, 0...1, where nothing changes it.
  public var decay: Double
  /// The first round of the average; before it, the average is the parameter itself.
  public var start: Int
  /// Rounds after which half has gone, where that changes over the rounds; nil for `decay`.
  package var halfLife: Double?
  /// How the half-life changes.
  package var schedule: RoundSchedule
  /// The half-life is at most this share of the rounds so far; nil for any.
  ///
  /// Karras et al. 2020, Training Generative Adversarial Networks with Limited Data.
  package var rampup: Double?

  package init(
    decay: Double, start: Int, halfLife: Double? = nil, schedule: RoundSchedule = RoundSchedule(),
    rampup: Double? = nil
  ) {
    self.decay = decay
    self.start = start
    self.halfLife = halfLife
    self.schedule = schedule
    self.rampup = rampup
  }

  /// What stays in a round, counted from 0.
  package func value(round: Int) -> Double {
    if round < start { return 0 }
    guard let halfLife else { return decay }
    var life = schedule.value(from: halfLife, round: round)
    if let rampup { life = min(life, rampup * Double(round)) }
    return life > 0 ? pow(0.5, 1 / life) : 0
  }
}
