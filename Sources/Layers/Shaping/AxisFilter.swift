import TensorIR

/// A constant filter along one axis of images `[batch, channels, height, width]`, the same for all channels.
struct AxisFilter {
  let taps: [Double]

  /// Every `down`-th element of the convolution of x, with `before` and `behind` zeros around it, with the taps.
  ///
  /// A negative number of zeros crops.
  func convolve(_ x: Tensor, axis: Int, down: Int, before: Int, behind: Int) -> Tensor {
    let x = x.extended(axis: axis, min(0, before), min(0, behind))
    return apply(.forward, x, axis, stride: down, taps.reversed(), max(0, before), max(0, behind))
  }

  /// The convolution with the taps of x with `up - 1` zeros behind every element, `before` and `behind` zeros around
  /// all of it.
  func stretch(_ x: Tensor, axis: Int, up: Int, before: Int, behind: Int) -> Tensor {
    // What the adjoint of a convolution with stride `up` makes of x, less what its padding takes at both ends.
    let (low, high) = (taps.count - 1 - before, taps.count - up - behind)
    let y = apply(.inputGradient, x, axis, stride: up, taps, max(0, low), max(0, high))
    return y.extended(axis: axis, max(0, -low), max(0, -high))
  }

  /// How many elements depend on those of an axis of `size`, where `ends` are zeros before and behind.
  func reach(_ size: Int, up: Int, _ ends: [Int]) -> Int {
    guard up > 1 else { return size + min(0, ends[0]) + min(0, ends[1]) }
    return (size - 1) * up + taps.count - max(0, taps.count - 1 - ends[0])
      - max(0, taps.count - up - ends[1])
  }

  private func apply(
    _ direction: ConvolutionDirection, _ x: Tensor, _ axis: Int, stride: Int, _ taps: [Double],
    _ low: Int, _ high: Int
  ) -> Tensor {
    let (n, c) = (x.shape[0], x.shape[1])
    func along(_ value: Int, _ other: Int) -> [Int] {
      axis == 2 ? [value, other] : [other, value]
    }
    var size = [x.shape[2], x.shape[3]]
    if direction == .inputGradient {
      size[axis - 2] = (size[axis - 2] - 1) * stride + taps.count - low - high
    }
    let geometry = ConvolutionGeometry(
      batch: n * c, inChannels: 1, inSize: size, outChannels: 1, kernel: along(taps.count, 1),
      stride: along(stride, 1), padLow: along(low, 0), padHigh: along(high, 0), dilation: [1, 1],
      groups: 1)
    let filter = concatenate(taps.map { x.builder.constant($0, [1]) }, axis: 0)
      .reshape(geometry.filterShape)
    let y = x.builder.emit(
      .convolution(Convolution(direction, geometry)),
      [x.reshape([n * c, 1, x.shape[2], x.shape[3]]), filter])
    return y.reshape([n, c, y.shape[2], y.shape[3]])
  }
}

extension Tensor {
  /// Zeros before and behind along one axis; negative numbers crop.
  fileprivate func extended(axis: Int, _ before: Int, _ behind: Int) -> Tensor {
    let cut = part(
      axis, from: Swift.max(0, -before),
      shape[axis] + Swift.min(0, before) + Swift.min(0, behind))
    guard before > 0 || behind > 0 else { return cut }
    var (low, high) = (
      [Int](repeating: 0, count: shape.rank), [Int](repeating: 0, count: shape.rank)
    )
    (low[axis], high[axis]) = (Swift.max(0, before), Swift.max(0, behind))
    return cut.pad(low: low, high: high)
  }
}
