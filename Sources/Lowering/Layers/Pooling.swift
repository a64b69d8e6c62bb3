import TensorIR

extension NetworkLowering {
  /// Each position repeated `factor` times along height and width.
  func upsampleNearest(_ x: Tensor, _ factor: Int) -> Tensor {
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    return x.broadcast(to: [n, c, h, factor, w, factor], axes: [0, 1, 2, 4])
      .reshape([n, c, h * factor, w * factor])
  }

  /// The mean of each window.
  func averagePool(_ x: Tensor, _ kernel: Int, _ stride: Int) -> Tensor {
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let weight = 1 / Double(kernel * kernel)
    if kernel == stride {
      let (rows, columns) = (h / kernel, w / kernel)
      return weight
        * x.slice([0, 0, 0, 0], [n, c, rows * kernel, columns * kernel])
        .reshape([n, c, rows, kernel, columns, kernel]).sum([3, 5])
    }
    // Windows overlap or leave gaps: a convolution of each channel with a constant filter.
    let geometry = ConvolutionGeometry(
      batch: n * c, inChannels: 1, inSize: [h, w], outChannels: 1, kernel: [kernel, kernel],
      stride: [stride, stride], padLow: [0, 0], padHigh: [0, 0], dilation: [1, 1], groups: 1)
    let y = builder.emit(
      .convolution(Convolution(.forward, geometry)),
      [x.reshape([n * c, 1, h, w]), builder.constant(weight, geometry.filterShape)])
    return y.reshape([n, c, y.shape[2], y.shape[3]])
  }
}
