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

  private var alpha: Double
  private var epsilon: Double
  private var momentum: Double
  private var weightDecay: Double

  package static var numbers: [String: WritableKeyPath<RMSProp, Double>] {
    [
      "alpha": \.alpha, "eps": \.epsilon, "momentum": \.momentum,
      "weight_decay": \.weightDecay,
    ]
  }

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
    let decay = site.number("weight_decay", weightDecay)
    let decayed = gradient.decayed(decay, towards: parameter)
    let rate = site.scalar(OptimizerKeys.rate)
    let kept = site.number("alpha", alpha)
    let v = kept * site.state("v") + kept.complement * decayed.map(.square)
    var direction = decayed / (v.map(.sqrt) + site.number("eps", epsilon))
    if momentum != 0 {
      direction = site.number("momentum", momentum) * site.state("m") + direction
      site.move("m", to: direction)
    }
    site.move("v", to: v)
    return parameter - rate.spread(over: parameter) * direction
  }
}
