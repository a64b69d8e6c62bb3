import Spec
import TensorIR

extension Activation {
  /// The function of each element, written with the IR's scalar functions.
  func apply(to x: Tensor) -> Tensor {
    switch self {
    case .relu: return x.map(.leakyRelu, 0)
    case .leakyRelu(let slope): return x.map(.leakyRelu, slope)
    case .tanh: return x.map(.tanh)
    case .sigmoid: return x.map(.sigmoid)
    case .softplus: return x.map(.softplus)
    case .swish: return x * x.map(.sigmoid)
    case .gelu: return 0.5 * (x * (x.map(.scale, 0.5.squareRoot()).map(.erf) + 1))
    case .elu(let alpha):
      // The exponential sees min(x, 0) only, so that large x cannot overflow in the branch not taken.
      let negative = -((-x).map(.leakyRelu, 0))
      return x.select(where: x.map(.mask, 0), else: alpha * (negative.map(.exp) + -1))
    }
  }
}
