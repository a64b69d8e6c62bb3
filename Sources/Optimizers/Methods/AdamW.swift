import Syntax
import TensorIR

/// Adam whose decay acts on the parameters, apart from the gradient (Loshchilov and Hutter 2019).
package struct AdamW: OptimizerDefinition {
  private static let weightDecay = OptimizerKeys.decoupledWeightDecay(default: 0.01)

  package static let declaration = Declaration(
    "adamw", synonyms: ["adam_w"],
    "Loshchilov and Hutter 2019: weight decay apart from the gradient.",
    keys: [AdamMoments.betas, OptimizerKeys.epsilon, weightDecay])

  private let moments: AdamMoments
  private let weightDecay: Double

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
    let share = (-weightDecay * site.scalar(OptimizerKeys.rate)) + 1
    return moments.update(share.spread(over: parameter) * parameter, gradient: gradient, &site)
  }
}
