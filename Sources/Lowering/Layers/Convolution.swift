import Spec
import TensorIR

extension NetworkLowering {
  /// torch.nn.Conv2d: W `[out, in / groups, kh, kw]`.
  mutating func convolution(_ layer: Layer, _ x: Tensor, _ c: ConvolutionLayer) -> Tensor {
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: x.shape[1], inSize: [x.shape[2], x.shape[3]],
      outChannels: c.out, kernel: c.kernel, stride: c.stride, padLow: c.padding,
      padHigh: c.padding, dilation: c.dilation, groups: c.groups)
    let weight = weight(of: layer, geometry.filterShape)
    let y = builder.emit(.convolution(Convolution(.forward, geometry)), [x, weight])
    return c.bias ? y + perChannel(variable(layer.path + ".bias", [c.out]), y.shape) : y
  }

  /// torch.nn.ConvTranspose2d, W `[in, out / groups, kh, kw]`: the input-gradient of the convolution that maps its
  /// output back to its input.
  mutating func convolutionTranspose(
    _ layer: Layer, _ x: Tensor, _ c: ConvolutionLayer, outputPadding: [Int]
  ) -> Tensor {
    let size = (0..<2).map { axis in
      (x.shape[2 + axis] - 1) * c.stride[axis] - 2 * c.padding[axis]
        + c.dilation[axis] * (c.kernel[axis] - 1) + outputPadding[axis] + 1
    }
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: c.out, inSize: size, outChannels: x.shape[1],
      kernel: c.kernel, stride: c.stride, padLow: c.padding, padHigh: c.padding,
      dilation: c.dilation, groups: c.groups)
    let weight = weight(of: layer, geometry.filterShape)
    let y = builder.emit(.convolution(Convolution(.inputGradient, geometry)), [x, weight])
    return c.bias ? y + perChannel(variable(layer.path + ".bias", [c.out]), y.shape) : y
  }
}
