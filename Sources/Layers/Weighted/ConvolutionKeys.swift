import Syntax

/// Hyper-parameters that convolutions and their transposes share; pairs are height, width.
struct ConvolutionKeys: Hashable, Sendable {
  static let out = Key.required("out", .size, "Channels that come out.")
    .known(as: "units", "features", "filters", "channels", "out_channels")
  private static let kernel = Key.required(
    "kernel", .pair(in: 1...Limits.kernel), example: "kernel: 3", "Size of the filter."
  ).known(as: "kernel_size")
  private static let stride = Key(
    "stride", .pair(in: 1...Limits.kernel), default: [1, 1], "Step of the filter.")
  private static let dilation = Key(
    "dilation", .pair(in: 1...Limits.kernel), default: [1, 1], "Distance of the filter's elements.")
  private static let groups = Key(
    "groups", .size, default: 1, "Groups of channels that do not see each other.")
  private static let bias = Key("bias", .boolean, default: true, "Whether a bias is added.")

  /// All, with the layer's own `padding`.
  static func all(padding: any AnyKey) -> [any AnyKey] {
    [out, kernel, stride, padding, dilation, groups, bias]
  }

  let out: Int
  let kernel: [Int]
  let stride: [Int]
  let dilation: [Int]
  let groups: Int
  let bias: Bool

  init(_ values: KeyValues) {
    out = values[Self.out]
    kernel = values[Self.kernel]
    stride = values[Self.stride]
    dilation = values[Self.dilation]
    groups = values[Self.groups]
    bias = values[Self.bias]
  }

  /// Neighbouring results come from neighbouring pixels.
  var isDense: Bool { stride == [1, 1] && dilation == [1, 1] && groups == 1 }

  /// Elements of the operand that the filter spans along an axis.
  func reach(_ axis: Int) -> Int { dilation[axis] * (kernel[axis] - 1) + 1 }

  func checkGroups(_ channels: Int) throws(ShapeFault) {
    guard channels % groups == 0, out % groups == 0 else {
      throw ShapeFault(
        "'groups' \(groups) must divide the channels of the operand, \(channels), and 'out', \(out)"
      )
    }
  }
}
