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

  private let momentum: Double
  private let nesterov: Bool
  private let weightDecay: Double

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
    let decayed = gradient.decayed(weightDecay, towards: parameter)
    let rate = site.scalar(OptimizerKeys.rate)
    var direction = decayed
    if momentum != 0 {
      let m = momentum * site.state("m") + decayed
      site.move("m", to: m)
      direction = nesterov ? decayed + momentum * m : m
    }
    return parameter - rate.spread(over: parameter) * direction
  }
}
