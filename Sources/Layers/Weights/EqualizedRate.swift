import Syntax
import TensorIR

/// Equalised learning rate: W·lr·gain/√fan_in and b·lr, where W starts as N(0, 1)/lr and b as 0.
///
/// Karras et al. 2018 and, for lr, 2019. All weights then have one scale for an optimizer, and a network with another lr
/// moves by another rate.
package struct EqualizedRate: WeightTransform {
  package static let key = Key<EqualizedRate?>(
    "equalized",
    .transform([
      TransformNumber(name: "lr", fallback: 1, range: 1e-6...1e6),
      TransformNumber(name: "gain", fallback: 1, range: 1e-6...1e6),
    ]) { EqualizedRate(rate: $0[0], gain: $0[1]) },
    default: nil,
    "Whether the weight is stored as N(0, 1)/lr and multiplied by `lr`*`gain`/sqrt(fan_in), the bias by `lr`; both are 1."
  )

  private let rate: Double
  private let gain: Double

  package init() { self.init(rate: 1, gain: 1) }

  private init(rate: Double, gain: Double) {
    self.rate = rate
    self.gain = gain
  }

  package func zeroDivision(of initial: Initializer) -> String? { nil }

  package func stored(_ weight: VariableDeclaration) -> VariableDeclaration {
    var raw = weight
    raw.initial = .normal(deviation: 1 / rate)
    return raw
  }

  package func companions(_ weight: VariableDeclaration) -> [VariableDeclaration] { [] }

  package func apply(to weight: VariableDeclaration, _ site: inout LayerSite) -> Tensor {
    // What makes one output; in Double, as the product of sizes may be large.
    let count = weight.shape.reduce(1) { $0 * Double($1) }
    let outputs = weight.shape[weight.outputAxis ?? 0]
    let fanIn = count / (Double(outputs) * Double(weight.groups))
    return (rate * gain / fanIn.squareRoot()) * site.stored(weight)
  }

  /// A bias for which the spec has no number starts at 0.
  package func stored(bias: VariableDeclaration) -> VariableDeclaration {
    guard case .uniform = bias.initial else { return bias }
    var copy = bias
    copy.initial = .constant(0)
    return copy
  }

  package func apply(toBias bias: Tensor) -> Tensor { rate == 1 ? bias : rate * bias }
}
