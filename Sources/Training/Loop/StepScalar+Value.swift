import Glibc
import Lowering
import Spec

extension StepScalar {
  /// The number for a player's step `count` (from 0), in double precision.
  func value(for optimizer: Optimizer, count: Int) -> Double {
    switch self {
    case .learningRate: return optimizer.learningRate
    case .adamBias1: return 1 - pow(optimizer.betas.0, Double(count + 1))
    case .adamBias2Root: return (1 - pow(optimizer.betas.1, Double(count + 1))).squareRoot()
    }
  }
}

extension Optimizer {
  /// β₁ and β₂ of Adam; 0 for methods without.
  fileprivate var betas: (Double, Double) {
    if case .adam(let beta1, let beta2, _) = method { (beta1, beta2) } else { (0, 0) }
  }
}
