import Syntax
import TensorIR

/// Steps by the sign of a mean of the gradient and its running mean, weight decay apart from it.
///
/// Chen et al. 2023, algorithm 2.
package struct Lion: OptimizerDefinition {
  private static let betas = OptimizerKeys.betas(default: [0.9, 0.99])
  private static let weightDecay = OptimizerKeys.decoupledWeightDecay(default: 0)

  package static let declaration = Declaration(
    "lion", synonyms: ["evolved_sign_momentum"],
    "Chen et al. 2023: steps of the learning rate, by sign; a tenth of Adam's rate and ten times AdamW's decay suit it.",
    keys: [betas, weightDecay])

  private let beta1: Double
  private let beta2: Double
  private let weightDecay: Double

  package init(_ values: KeyValues) {
    let betas = values[Self.betas]
    (beta1, beta2) = (betas[0], betas[1])
    weightDecay = values[Self.weightDecay]
  }

  package var slots: [OptimizerSlot] { [OptimizerSlot("m")] }

  package func scalars(rate: Double, step: Int) -> [String: Double] { [OptimizerKeys.rate: rate] }

  package func update(
    _ parameter: Tensor, gradient: Tensor, _ site: inout OptimizerSite
  ) -> Tensor {
    let rate = site.scalar(OptimizerKeys.rate)
    let m = site.state("m")
    let direction = (beta1 * m + (1 - beta1) * gradient).map(.sign)
    site.move("m", to: beta2 * m + (1 - beta2) * gradient)
    return parameter - rate.spread(over: parameter) * (direction + weightDecay * parameter)
  }
}
