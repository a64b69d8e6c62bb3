import Syntax
import TensorIR

/// Gradient descent, with momentum or Nesterov's form of it if asked.
///
/// Polyak 1964; Sutskever et al. 2013.
package struct GradientDescent: OptimizerDefinition {
  private static let nesterov = Key(
    "nesterov", .boolean, default: false, "Nesterov's form of momentum.")

  package static let declaration = Declaration(
    "sgd", synonyms: ["gd", "gradient_descent", "momentum", "nesterov"],
    "Gradient descent, with momentum if asked.",
    keys: [OptimizerKeys.momentum, nesterov, OptimizerKeys.weightDecay])

  private var momentum: Double
  private let nesterov: Bool
  private var weightDecay: Double

  package static var numbers: [String: WritableKeyPath<GradientDescent, Double>] {
    ["momentum": \.momentum, "weight_decay": \.weightDecay]
  }

  package init(_ values: KeyValues) throws(KeyFault) {
    momentum = values[OptimizerKeys.momentum]
    nesterov = values[Self.nesterov]
    weightDecay = values[OptimizerKeys.weightDecay]
    guard !nesterov || momentum > 0 else {
      throw KeyFault(key: "nesterov", message: "needs a 'momentum' above 0")
    }
  }

  /// Plain gradient descent.
  package init() {
    momentum = 0
    nesterov = false
    weightDecay = 0
  }

  package var slots: [OptimizerSlot] { momentum == 0 ? [] : [OptimizerSlot("m")] }

  package func scalars(rate: Double, step: Int) -> [String: Double] { [OptimizerKeys.rate: rate] }

  package func update(
    _ parameter: Tensor, gradient: Tensor, _ site: inout OptimizerSite
  ) -> Tensor {
    let decay = site.number("weight_decay", weightDecay)
    let decayed = gradient.decayed(decay, towards: parameter)
    let rate = site.scalar(OptimizerKeys.rate)
    var direction = decayed
    if momentum != 0 {
      let kept = site.number("momentum", momentum)
      let m = kept * site.state("m") + decayed
      site.move("m", to: m)
      direction = nesterov ? decayed + kept * m : m
    }
    return parameter - rate.spread(over: parameter) * direction
  }
}
