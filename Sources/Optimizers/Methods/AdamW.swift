import Syntax
import TensorIR

/// Adam whose decay acts on the parameters, apart from the gradient (Loshchilov and Hutter 2019).
package struct AdamW: OptimizerDefinition {
  private static let weightDecay = OptimizerKeys.decoupledWeightDecay(default: 0.01)

  package static let declaration = Declaration(
    "adamw", synonyms: ["adam_w"],
    "Loshchilov and Hutter 2019: weight decay apart from the gradient.",
    keys: [AdamMoments.betas, OptimizerKeys.epsilon, weightDecay])

  private var moments: AdamMoments
  private var weightDecay: Double

  package static var numbers: [String: WritableKeyPath<AdamW, Double>] {
    [
      "betas.0": \.moments.beta1, "betas.1": \.moments.beta2, "eps": \.moments.epsilon,
      "weight_decay": \.weightDecay,
    ]
  }

  package init(_ values: KeyValues) {
    moments = AdamMoments(values)
    weightDecay = values[Self.weightDecay]
  }

  package var slots: [OptimizerSlot] { moments.slots }

  package func scalars(rate: Double, step: Int) -> [String: Double] {
    moments.scalars(rate: rate, step: step)
  }

  package func update(
    _ parameter: Tensor, gradient: Tensor, _ site: inout OptimizerSite
  ) -> Tensor {
    let rate = site.scalar(OptimizerKeys.rate)
    let share: Tensor
    switch site.number("weight_decay", weightDecay) {
    case .known(let decay): share = (-decay * rate) + 1
    case .changing(let decay): share = -(decay * rate) + 1
    }
    return moments.update(share.spread(over: parameter) * parameter, gradient: gradient, &site)
  }
}
