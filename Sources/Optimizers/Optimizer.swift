import Glibc

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
  /// Numbers of the method that change over the rounds.
  package var changing: [ChangingNumber] = []
  /// What the learning rate is multiplied by, as the player takes 1/`share` times as many steps as its settings mean.
  package private(set) var share = 1.0

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
    if let number = changing.first(where: { $0.name == name }) {
      return value(of: number, round: round)
    }
    var method = method
    if !changing.isEmpty {
      let now = changing.map { ($0.name, value(of: $0, round: round)) }
      method = method.with(Dictionary(now) { first, _ in first })
    }
    let rate = share * schedule.value(from: learningRate, round: round)
    guard let value = method.scalars(rate: rate, step: step)[name] else {
      preconditionFailure("the optimizer has no number '\(name)'")
    }
    return value
  }

  private func value(of number: ChangingNumber, round: Int) -> Double {
    let value = number.value(round: round)
    return OptimizerKeys.decays.contains(number.name) ? pow(value, share) : value
  }

  /// The optimizer of a player who takes 1/`share` times as many steps as its settings mean, because some penalties have
  /// steps of their own.
  ///
  /// Karras et al. 2020, arXiv:1912.04958, appendix B: of k + 1 steps in place of k each moves by k/(k + 1) of the learning
  /// rate, and what decays keep is raised to that power.
  package func sharing(_ share: Double) -> Optimizer {
    var copy = self
    copy.share = share
    copy.method = method.stretched(share)
    copy.rest = rest.map { $0.sharing(share) }
    return copy
  }

  /// What precedes the names of numbers that are those of `rest`.
  package static let restPrefix = "rest/"

  public static func == (a: Optimizer, b: Optimizer) -> Bool {
    AnyHashable(a.method) == AnyHashable(b.method) && a.learningRate == b.learningRate
      && a.schedule == b.schedule && a.rest == b.rest && a.changing == b.changing
      && a.share == b.share
  }

  public func hash(into hasher: inout Hasher) {
    method.hash(into: &hasher)
    hasher.combine(learningRate)
    hasher.combine(schedule)
    hasher.combine(rest)
    hasher.combine(changing)
    hasher.combine(share)
  }
}
