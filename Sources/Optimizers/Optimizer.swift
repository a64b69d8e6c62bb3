/// How a player's parameters move.
///
/// Defaults are PyTorch's.
public struct Optimizer: Hashable, Sendable {
  package var method: any OptimizerDefinition
  /// The learning rate that `schedule` starts from.
  public var learningRate: Double
  /// How the learning rate changes over the rounds.
  public var schedule: RoundSchedule
  /// How biases, and scales and shifts of norms, move where that is otherwise: none or one, of the same type.
  package var rest: [Optimizer] = []

  package init(
    method: any OptimizerDefinition, learningRate: Double,
    schedule: RoundSchedule = RoundSchedule()
  ) {
    self.method = method
    self.learningRate = learningRate
    self.schedule = schedule
  }

  /// The optimizer of a player that never moves.
  package static let none = Optimizer(method: GradientDescent(), learningRate: 0)

  /// A number of the method for a step, in double precision: both counted from 0.
  ///
  /// - Requires: `name` is one of those that the method gives.
  package func scalar(_ name: String, step: Int, round: Int) -> Double {
    if name.hasPrefix(Self.restPrefix), let rest = rest.first {
      return rest.scalar(
        String(name.dropFirst(Self.restPrefix.count)), step: step, round: round)
    }
    let rate = schedule.value(from: learningRate, round: round)
    guard let value = method.scalars(rate: rate, step: step)[name] else {
      preconditionFailure("the optimizer has no number '\(name)'")
    }
    return value
  }

  /// What precedes the names of numbers that are those of `rest`.
  package static let restPrefix = "rest/"

  public static func == (a: Optimizer, b: Optimizer) -> Bool {
    AnyHashable(a.method) == AnyHashable(b.method) && a.learningRate == b.learningRate
      && a.schedule == b.schedule && a.rest == b.rest
  }

  public func hash(into hasher: inout Hasher) {
    method.hash(into: &hasher)
    hasher.combine(learningRate)
    hasher.combine(schedule)
    hasher.combine(rest)
  }
}
