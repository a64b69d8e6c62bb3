/// Everything that fixes a convolution; the same record serves all three directions.
///
/// Pairs are height, width. The input size is part of it, which removes the ambiguity of transposed convolutions.
public struct ConvolutionGeometry: Hashable, Sendable {
  /// Images.
  public var batch: Int
  /// Channels of the input.
  public var inChannels: Int
  /// Height and width of the input, in pixels.
  public var inSize: [Int]
  /// Channels of the output.
  public var outChannels: Int
  /// Height and width of the filter, in taps.
  public var kernel: [Int]
  /// Pixels of the input from one place of the output to the next.
  public var stride: [Int]
  /// Rows of zeros above and columns to the left.
  public var padLow: [Int]
  /// Rows of zeros below and columns to the right.
  public var padHigh: [Int]
  /// Pixels of the input from one tap of the filter to the next.
  public var dilation: [Int]
  /// Groups of channels that do not see each other; they divide both counts of channels.
  public var groups: Int

  public init(
    batch: Int, inChannels: Int, inSize: [Int], outChannels: Int, kernel: [Int], stride: [Int],
    padLow: [Int], padHigh: [Int], dilation: [Int], groups: Int
  ) {
    self.batch = batch
    self.inChannels = inChannels
    self.inSize = inSize
    self.outChannels = outChannels
    self.kernel = kernel
    self.stride = stride
    self.padLow = padLow
    self.padHigh = padHigh
    self.dilation = dilation
    self.groups = groups
  }

  /// ⌊(H + pad - dilation·(k-1) - 1) / stride⌋ + 1 along each axis.
  public var outSize: [Int] {
    (0..<2).map { axis in
      (inSize[axis] + padLow[axis] + padHigh[axis] - dilation[axis] * (kernel[axis] - 1) - 1)
        / stride[axis] + 1
    }
  }

  /// The shape of the input, whose axes have the order of `layout`.
  public func inputShape(_ layout: ImageLayout) -> Shape {
    layout.shape(batch: batch, channels: inChannels, size: inSize)
  }

  /// The shape of the output, whose axes have the order of `layout`.
  public func outputShape(_ layout: ImageLayout) -> Shape {
    layout.shape(batch: batch, channels: outChannels, size: outSize)
  }

  /// `[out, in / groups, kh, kw]` in every layout.
  public var filterShape: Shape { [outChannels, inChannels / groups, kernel[0], kernel[1]] }

  /// Dense multiply-adds of any one direction, padding taps counted.
  public var multiplyAdds: Double {
    let size = outSize
    let factors = [batch, size[0], size[1], outChannels, inChannels / groups, kernel[0], kernel[1]]
    return factors.reduce(1) { $0 * Double($1) }
  }
}

/// The order of axes of images.
public enum ImageLayout: String, Hashable, Sendable, CaseIterable {
  /// Batch, channels, height, width: what specs and PyTorch speak.
  case nchw
  /// Batch, height, width, channels: what the fast kernels want.
  case nhwc

  /// The shape of images of so many channels; `size` is height and width.
  public func shape(batch: Int, channels: Int, size: [Int]) -> Shape {
    self == .nchw ? [batch, channels, size[0], size[1]] : [batch, size[0], size[1], channels]
  }
}
