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

  private var beta1: Double
  private var beta2: Double
  private var weightDecay: Double

  package static var numbers: [String: WritableKeyPath<Lion, Double>] {
    ["betas.0": \.beta1, "betas.1": \.beta2, "weight_decay": \.weightDecay]
  }

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
    let (first, second) = (site.number("betas.0", beta1), site.number("betas.1", beta2))
    let direction = (first * m + first.complement * gradient).map(.sign)
    site.move("m", to: second * m + second.complement * gradient)
    let pull = site.number("weight_decay", weightDecay) * parameter
    return parameter - rate.spread(over: parameter) * (direction + pull)
  }
}
