import Spec
import TensorIR

extension DrawDistribution {
  /// What the loop draws for a distribution of the expression language.
  init(_ distribution: Distribution) {
    switch distribution {
    case .uniform(let low, let high): self = .uniform(low: low, high: high)
    case .normal(let mean, let deviation): self = .normal(mean: mean, deviation: deviation)
    }
  }
}
