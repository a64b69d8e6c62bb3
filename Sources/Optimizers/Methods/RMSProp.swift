import Syntax
import TensorIR

/// Each step divided by the root of a running mean of squares (Tieleman and Hinton 2012), not centred.
package struct RMSProp: OptimizerDefinition {
  private static let alpha = Key(
    "alpha", .number(in: 0...1), default: 0.99, "Decay of the mean square.")

  package static let declaration = Declaration(
    "rmsprop", synonyms: ["rms_prop", "rms"], "Tieleman and Hinton 2012, not centred.",
    keys: [
      alpha, OptimizerKeys.epsilon, OptimizerKeys.momentum, OptimizerKeys.weightDecay,
    ])

  private let alpha: Double
  private let epsilon: Double
  private let momentum: Double
  private let weightDecay: Double

  package init(_ values: KeyValues) {
    alpha = values[Self.alpha]
    epsilon = values[OptimizerKeys.epsilon]
    momentum = values[OptimizerKeys.momentum]
    weightDecay = values[OptimizerKeys.weightDecay]
  }

  package var slots: [OptimizerSlot] {
    momentum == 0 ? [OptimizerSlot("v")] : [OptimizerSlot("m"), OptimizerSlot("v")]
  }

  package func scalars(rate: Double, step: Int) -> [String: Double] { [OptimizerKeys.rate: rate] }

  package func update(
    _ parameter: Tensor, gradient: Tensor, _ site: inout OptimizerSite
  ) -> Tensor {
    let decayed = gradient.decayed(weightDecay, towards: parameter)
    let rate = site.scalar(OptimizerKeys.rate)
    let v = alpha * site.state("v") + (1 - alpha) * decayed.map(.square)
    var direction = decayed / (v.map(.sqrt) + epsilon)
    if momentum != 0 {
      direction = momentum * site.state("m") + direction
      site.move("m", to: direction)
    }
    site.move("v", to: v)
    return parameter - rate.spread(over: parameter) * direction
  }
}
