extension Tensor {
  /// torch.nn.ConvTranspose2d of images `[N, in, H, W]` with `weight` `[in, out / groups, kh, kw]`.
  ///
  /// It is the input-gradient of the convolution that maps its result back to its operand. Pairs are height, width.
  ///
  /// Where `outputPadding` is no less than the stride, that convolution would take further steps into the rows and
  /// columns that it adds: whole strides of them are less padding at the high end, and zeros behind the result where the
  /// padding is smaller still.
  public func transposedConvolution(
    _ weight: Tensor, stride: [Int], padding: [Int], dilation: [Int], groups: Int,
    outputPadding: [Int]
  ) -> Tensor {
    let kernel = [weight.shape[2], weight.shape[3]]
    let strides = (0..<2).map { outputPadding[$0] / stride[$0] * stride[$0] }
    let zeros = (0..<2).map { Swift.max(0, strides[$0] - padding[$0]) }
    let high = (0..<2).map { padding[$0] - strides[$0] + zeros[$0] }
    let size = (0..<2).map { (axis: Int) -> Int in
      let reached = (shape[2 + axis] - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1
      return reached - 2 * padding[axis] + outputPadding[axis] - zeros[axis]
    }
    let channels = weight.shape[1] * groups
    guard size.allSatisfy({ $0 > 0 }) else {
      // Padding takes all that the operand reaches; the zeros behind it are what is left.
      return builder.constant(0, [shape[0], channels, size[0] + zeros[0], size[1] + zeros[1]])
    }
    let geometry = ConvolutionGeometry(
      batch: shape[0], inChannels: channels, inSize: size, outChannels: shape[1], kernel: kernel,
      stride: stride, padLow: padding, padHigh: high, dilation: dilation, groups: groups)
    let y = builder.emit(.convolution(Convolution(.inputGradient, geometry)), [self, weight])
    return zeros == [0, 0] ? y : y.pad(low: [0, 0, 0, 0], high: [0, 0] + zeros)
  }
}
