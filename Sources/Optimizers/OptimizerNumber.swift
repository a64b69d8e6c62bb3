import Glibc
import TensorIR

/// A number of a method in the graph of a step: known before the run, or one that the loop computes before each step.
package enum OptimizerNumber {
  case known(Double)
  /// Of rank 0.
  case changing(Tensor)

  /// 1 - the number.
  var complement: OptimizerNumber {
    switch self {
    case .known(let value): .known(1 - value)
    case .changing(let value): .changing(-value + 1)
    }
  }

  static func * (number: OptimizerNumber, tensor: Tensor) -> Tensor {
    switch number {
    case .known(let value): value * tensor
    case .changing(let value): value.spread(over: tensor) * tensor
    }
  }

  static func + (tensor: Tensor, number: OptimizerNumber) -> Tensor {
    switch number {
    case .known(let value): tensor + value
    case .changing(let value): tensor + value.spread(over: tensor)
    }
  }
}

extension Tensor {
  /// A number for every element of `other`.
  func spread(over other: Tensor) -> Tensor {
    shape == other.shape ? self : broadcast(to: other.shape)
  }

  /// The gradient plus λ times the parameter; itself where λ is 0.
  func decayed(_ decay: OptimizerNumber, towards parameter: Tensor) -> Tensor {
    if case .known(0) = decay { return self }
    return self + decay * parameter
  }
}

/// A number of a method that changes over the rounds.
package struct ChangingNumber: Hashable, Sendable {
  /// Its name among those of the method: `betas.1`.
  package var name: String
  /// What `schedule` starts from.
  package var start: Double
  package var schedule: RoundSchedule

  package init(name: String, start: Double, schedule: RoundSchedule) {
    (self.name, self.start, self.schedule) = (name, start, schedule)
  }

  /// Its value in a round, from 0.
  func value(round: Int) -> Double { schedule.value(from: start, round: round) }
}

extension OptimizerDefinition {
  /// Names of the numbers that may change over the rounds.
  package static var numberNames: Set<String> { Set(numbers.keys) }

  /// The method with other numbers, by their names.
  func with(_ values: [String: Double]) -> Self {
    var copy = self
    for (name, path) in Self.numbers {
      if let value = values[name] { copy[keyPath: path] = value }
    }
    return copy
  }

  /// The method whose running means and sums keep as much in 1/`share` steps as otherwise in one.
  func stretched(_ share: Double) -> Self {
    var copy = self
    for (name, path) in Self.numbers where OptimizerKeys.decays.contains(name) {
      copy[keyPath: path] = pow(copy[keyPath: path], share)
    }
    return copy
  }
}
