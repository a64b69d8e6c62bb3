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
    let share = Double(more.rounds(before: rounds)) / Double(rounds)
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

  /// How many of the rounds before `end` are such.
  fileprivate func rounds(before end: Int) -> Int {
    let start = min(first, end)
    guard let every else { return start }
    func multiples(below end: Int) -> Int { (end + every - 1) / every }
    return start + multiples(below: end) - multiples(below: start)
  }
}
