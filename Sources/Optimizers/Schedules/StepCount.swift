/// How many optimizer steps a player takes in each round.
public struct StepCount: Hashable, Sendable {
  /// In every round that `more` does not name.
  public var usual: Int
  /// Rounds with another number of them.
  public var more: MoreSteps?

  package init(usual: Int, more: MoreSteps?) {
    self.usual = usual
    self.more = more
  }

  /// The steps of a round, counted from 0.
  public func inRound(_ round: Int) -> Int {
    guard let more else { return usual }
    let isDue = round < more.first || more.every.map(round.isMultiple) ?? false
    return isDue ? more.count : usual
  }

  /// The most steps of any round.
  public var most: Int { max(usual, more?.count ?? 0) }

  /// The steps of a round, on average over a run of so many rounds.
  package func mean(rounds: Int) -> Double {
    guard let more else { return Double(usual) }
    let first = min(more.first, rounds)
    let later = more.every.map { (rounds - 1) / $0 - (first - 1) / $0 } ?? 0
    let share = Double(first + max(0, later)) / Double(rounds)
    return Double(usual) + share * Double(more.count - usual)
  }
}

/// Rounds in which a player takes another number of steps.
///
/// The critic of WGAN's code takes 100 in each of the first 25 rounds and in every 500th.
public struct MoreSteps: Hashable, Sendable {
  /// Steps of such a round.
  public var count: Int
  /// As many rounds at the start.
  public var first: Int
  /// Every so many rounds, from 0; nil for the start alone.
  public var every: Int?

  package init(count: Int, first: Int, every: Int?) {
    self.count = count
    self.first = first
    self.every = every
  }
}
