import Syntax
import TensorIR

/// Each step divided by the root of the sum of all squares so far (Duchi, Hazan and Singer 2011).
package struct Adagrad: OptimizerDefinition {
  private static let rateDecay = Key(
    "lr_decay", .nonnegative, default: 0.0, "The rate of step t, from 0, is lr/(1 + t*lr_decay).")
  private static let initialSum = Key(
    "initial_accumulator_value", .nonnegative, default: 0.0, "Where the sum of squares starts.")
  private static let epsilon = OptimizerKeys.epsilon(default: 1e-10)

  package static let declaration = Declaration(
    "adagrad", synonyms: ["ada_grad"], "Duchi, Hazan and Singer 2011.",
    keys: [rateDecay, initialSum, epsilon, OptimizerKeys.weightDecay])

  private var rateDecay: Double
  private let initialSum: Double
  private var epsilon: Double
  private var weightDecay: Double

  package static var numbers: [String: WritableKeyPath<Adagrad, Double>] {
    ["lr_decay": \.rateDecay, "eps": \.epsilon, "weight_decay": \.weightDecay]
  }

  package init(_ values: KeyValues) {
    rateDecay = values[Self.rateDecay]
    initialSum = values[Self.initialSum]
    epsilon = values[Self.epsilon]
    weightDecay = values[OptimizerKeys.weightDecay]
  }

  package var slots: [OptimizerSlot] { [OptimizerSlot("sum", initial: initialSum)] }

  package func scalars(rate: Double, step: Int) -> [String: Double] {
    [OptimizerKeys.rate: rate / (1 + Double(step) * rateDecay)]
  }

  package func update(
    _ parameter: Tensor, gradient: Tensor, _ site: inout OptimizerSite
  ) -> Tensor {
    let decay = site.number("weight_decay", weightDecay)
    let decayed = gradient.decayed(decay, towards: parameter)
    let rate = site.scalar(OptimizerKeys.rate)
    let sum = site.state("sum") + decayed.map(.square)
    site.move("sum", to: sum)
    let root = sum.map(.sqrt) + site.number("eps", epsilon)
    return parameter - rate.spread(over: parameter) * (decayed / root)
  }
}
