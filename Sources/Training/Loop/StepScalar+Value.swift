import Glibc
import Lowering
import Spec

extension StepScalar {
  /// The number for a player's step, in double precision.
  func value(for optimizer: Optimizer, at time: StepInputs.Time) -> Double {
    switch self {
    case .learningRate:
      let rate = optimizer.schedule.value(from: optimizer.learningRate, round: time.round)
      guard case .adagrad(let decay, _, _) = optimizer.method else { return rate }
      return rate / (1 + Double(time.count) * decay)
    case .penaltyWeight(_, let start, let schedule):
      return schedule.value(from: start, round: time.round)
    case .averageDecay(_, let decay, let start): return time.round < start ? 0 : decay
    case .adamBias1: return 1 - pow(optimizer.betas.0, Double(time.count + 1))
    case .adamBias2Root: return (1 - pow(optimizer.betas.1, Double(time.count + 1))).squareRoot()
    }
  }
}

extension Optimizer {
  /// β₁ and β₂ of Adam; 0 for methods without.
  fileprivate var betas: (Double, Double) {
    switch method {
    case .adam(let beta1, let beta2, _), .adamW(let beta1, let beta2, _): (beta1, beta2)
    case .adagrad, .rmsprop, .sgd: (0, 0)
    }
  }
}
