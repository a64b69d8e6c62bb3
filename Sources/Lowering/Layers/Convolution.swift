import Spec
import TensorIR

extension NetworkLowering {
  /// torch.nn.Conv2d: W `[out, in / groups, kh, kw]`.
  func convolution(_ path: String, _ x: Tensor, _ layer: ConvolutionLayer) -> Tensor {
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: x.shape[1], inSize: [x.shape[2], x.shape[3]],
      outChannels: layer.out, kernel: layer.kernel, stride: layer.stride, padLow: layer.padding,
      padHigh: layer.padding, dilation: layer.dilation, groups: layer.groups)
    let weight = variable(path + ".weight", geometry.filterShape)
    let y = builder.emit(.convolution(Convolution(.forward, geometry)), [x, weight])
    return layer.bias ? y + perChannel(variable(path + ".bias", [layer.out]), y.shape) : y
  }

  /// torch.nn.ConvTranspose2d, W `[in, out / groups, kh, kw]`: the input-gradient of the convolution that maps its
  /// output back to its input.
  func convolutionTranspose(
    _ path: String, _ x: Tensor, _ layer: ConvolutionLayer, outputPadding: [Int]
  ) -> Tensor {
    let size = (0..<2).map { axis in
      (x.shape[2 + axis] - 1) * layer.stride[axis] - 2 * layer.padding[axis]
        + layer.dilation[axis] * (layer.kernel[axis] - 1) + outputPadding[axis] + 1
    }
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: layer.out, inSize: size, outChannels: x.shape[1],
      kernel: layer.kernel, stride: layer.stride, padLow: layer.padding, padHigh: layer.padding,
      dilation: layer.dilation, groups: layer.groups)
    let weight = variable(path + ".weight", geometry.filterShape)
    let y = builder.emit(.convolution(Convolution(.inputGradient, geometry)), [x, weight])
    return layer.bias ? y + perChannel(variable(path + ".bias", [layer.out]), y.shape) : y
  }
}
