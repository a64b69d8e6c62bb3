import Glibc
import Syntax
import TensorIR

/// What Adam and AdamW share: running means of gradients and their squares, corrected for their start at 0.
///
/// Kingma and Ba 2015, algorithm 1, with ε where PyTorch has it, in PyTorch's order of operations.
struct AdamMoments: Hashable {
  static let betas = OptimizerKeys.betas(default: [0.9, 0.999])
  private static let bias1 = "adamBias1"
  private static let bias2Root = "adamBias2Root"

  var beta1: Double
  var beta2: Double
  var epsilon: Double

  init(_ values: KeyValues) {
    let betas = values[Self.betas]
    (beta1, beta2) = (betas[0], betas[1])
    epsilon = values[OptimizerKeys.epsilon]
  }

  var slots: [OptimizerSlot] { [OptimizerSlot("m"), OptimizerSlot("v")] }

  /// 1 - β₁ᵗ and √(1 - β₂ᵗ) of step t, from 1, beside the learning rate.
  func scalars(rate: Double, step: Int) -> [String: Double] {
    let t = Double(step + 1)
    return [
      OptimizerKeys.rate: rate, Self.bias1: 1 - pow(beta1, t),
      Self.bias2Root: (1 - pow(beta2, t)).squareRoot(),
    ]
  }

  func update(_ parameter: Tensor, gradient: Tensor, _ site: inout OptimizerSite) -> Tensor {
    let rate = site.scalar(OptimizerKeys.rate)
    let (first, second) = (site.number("betas.0", beta1), site.number("betas.1", beta2))
    let m = first * site.state("m") + first.complement * gradient
    let v = second * site.state("v") + second.complement * gradient.map(.square)
    let step = rate / site.scalar(Self.bias1)
    let scaled = v.map(.sqrt) / site.scalar(Self.bias2Root).spread(over: parameter)
    let root = scaled + site.number("eps", epsilon)
    site.move("m", to: m)
    site.move("v", to: v)
    return parameter - step.spread(over: parameter) * (m / root)
  }
}
