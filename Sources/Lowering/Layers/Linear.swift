import Spec
import TensorIR

extension NetworkLowering {
  /// y = x·Wᵀ + b with W `[out, in]`, as torch.nn.Linear.
  mutating func linear(_ layer: Layer, _ x: Tensor, out: Int, bias: Bool) -> Tensor {
    let x = x.reshape([x.shape[0], x.shape.count / x.shape[0]])
    let y = x.matmul(weight(of: layer, [out, x.shape[1]]), transposeB: true)
    return bias ? y + perChannel(variable(layer.path + ".bias", [out]), y.shape) : y
  }
}
