import Syntax
import TensorIR

/// Adaptive moments (Kingma and Ba 2015), weight decay added to the gradient as in PyTorch.
package struct Adam: OptimizerDefinition {
  package static let declaration = Declaration(
    "adam", synonyms: ["adaptive_moments"],
    "Kingma and Ba 2015, with bias correction; `eps` outside the root.",
    keys: [AdamMoments.betas, OptimizerKeys.epsilon, OptimizerKeys.weightDecay])

  private var moments: AdamMoments
  private var weightDecay: Double

  package static var numbers: [String: WritableKeyPath<Adam, Double>] {
    [
      "betas.0": \.moments.beta1, "betas.1": \.moments.beta2, "eps": \.moments.epsilon,
      "weight_decay": \.weightDecay,
    ]
  }

  package init(_ values: KeyValues) {
    moments = AdamMoments(values)
    weightDecay = values[OptimizerKeys.weightDecay]
  }

  package var slots: [OptimizerSlot] { moments.slots }

  package func scalars(rate: Double, step: Int) -> [String: Double] {
    moments.scalars(rate: rate, step: step)
  }

  package func update(
    _ parameter: Tensor, gradient: Tensor, _ site: inout OptimizerSite
  ) -> Tensor {
    let decay = site.number("weight_decay", weightDecay)
    let decayed = gradient.decayed(decay, towards: parameter)
    return moments.update(parameter, gradient: decayed, &site)
  }
}
