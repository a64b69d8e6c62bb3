import Syntax
import TensorIR

/// The mean of each window, as torch.nn.AvgPool2d.
package struct AveragePool: LayerDefinition {
  private static let padding = PoolingWindow.padding("Zeros on each side.")
  private static let countsPadding = Key(
    "count_include_pad", .boolean, default: true,
    "Whether means count the zeros of the padding, or the operand's own elements alone.")

  package static let declaration = LayerDeclaration(
    "average_pool",
    synonyms: ["avg_pool", "avgpool", "avgpool2d", "avg_pool2d", "averagepooling2d"],
    "Means of rectangles.",
    keys: [PoolingWindow.kernel, PoolingWindow.stride, padding, countsPadding],
    bareKey: PoolingWindow.kernel)

  let window: PoolingWindow
  private let countsPadding: Bool

  package init(_ values: KeyValues) {
    window = PoolingWindow(values, padding: Self.padding)
    countsPadding = values[Self.countsPadding]
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    try window.outputShape(inputs[0], "average_pool")
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let (x, kernel) = (operands[0], window.kernel)
    let sums = sums(x)
    guard !countsPadding, window.padding != [0, 0] else {
      return (1 / Double(kernel[0] * kernel[1])) * sums
    }
    let counts = self.sums(x.builder.constant(1, [1, 1, x.shape[2], x.shape[3]]))
    let shares = counts.map(.reciprocal).reshape([sums.shape[2], sums.shape[3]])
    return sums * shares.broadcast(to: sums.shape, axes: [2, 3])
  }

  /// The sum of each window.
  private func sums(_ x: Tensor) -> Tensor {
    let kernel = window.kernel
    guard window.kernel == window.stride else {
      return (kernel.max() ?? 1 <= 16 ? filtered : convolved)(x)
    }
    let x = window.padded(x)
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (rows, columns) = (h / kernel[0], w / kernel[1])
    return x.slice([0, 0, 0, 0], [n, c, rows * kernel[0], columns * kernel[1]])
      .reshape([n, c, rows, kernel[0], columns, kernel[1]]).sum([3, 5])
  }

  /// Windows that overlap or leave gaps: sums along one axis, then along the other.
  private func filtered(_ x: Tensor) -> Tensor {
    (0..<2).reduce(x) { x, axis in
      let filter = AxisFilter(taps: [Double](repeating: 1, count: window.kernel[axis]))
      let padding = window.padding[axis]
      return filter.convolve(
        x, axis: 2 + axis, down: window.stride[axis], before: padding, behind: padding)
    }
  }

  /// Large windows alike: a convolution of each channel with a constant filter, where sums would be a long graph.
  private func convolved(_ x: Tensor) -> Tensor {
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let geometry = ConvolutionGeometry(
      batch: n * c, inChannels: 1, inSize: [h, w], outChannels: 1, kernel: window.kernel,
      stride: window.stride, padLow: window.padding, padHigh: window.padding, dilation: [1, 1],
      groups: 1)
    let y = x.builder.emit(
      .convolution(Convolution(.forward, geometry)),
      [x.reshape([n * c, 1, h, w]), x.builder.constant(1, geometry.filterShape)])
    return y.reshape([n, c, y.shape[2], y.shape[3]])
  }
}
