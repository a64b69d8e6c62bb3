import Spec
import TensorIR

extension NetworkLowering {
  /// y = x·Wᵀ + b with W `[out, in]`, as torch.nn.Linear.
  func linear(_ path: String, _ x: Tensor, out: Int, bias: Bool) -> Tensor {
    let x = x.reshape([x.shape[0], x.shape.count / x.shape[0]])
    let weight = variable(path + ".weight", [out, x.shape[1]])
    let y = x.matmul(weight, transposeB: true)
    return bias ? y + perChannel(variable(path + ".bias", [out]), y.shape) : y
  }
}
