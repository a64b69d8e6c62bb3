import Syntax
import TensorIR

/// Adaptive moments (Kingma and Ba 2015), weight decay added to the gradient as in PyTorch.
package struct Adam: OptimizerDefinition {
  package static let declaration = Declaration(
    "adam", synonyms: ["adaptive_moments"],
    "Kingma and Ba 2015, with bias correction; `eps` outside the root.",
    keys: [AdamMoments.betas, OptimizerKeys.epsilon, OptimizerKeys.weightDecay])

  private let moments: AdamMoments
  private let weightDecay: Double

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
    let decayed = gradient.decayed(weightDecay, towards: parameter)
    return moments.update(parameter, gradient: decayed, &site)
  }
}
