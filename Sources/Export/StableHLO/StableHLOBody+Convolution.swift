import TensorIR

extension StableHLOBody {
  /// Which axes of an operand are batch, features and space, how the window moves, and what lies around it.
  private struct Window {
    var (left, right, result): (String, String, String)
    var stride = [1, 1]
    var low: [Int]
    var high: [Int]
    var leftDilation = [1, 1]
    var rightDilation = [1, 1]
    var featureGroups = 1
    var batchGroups = 1
  }

  /// One direction of a convolution, as XLA's most general one; pads may be negative.
  mutating func convolution(
    _ convolution: Convolution, _ a: Value, _ b: Value, _ type: TensorType
  ) -> Value {
    let g = convolution.geometry
    let images = convolution.layout == .nchw ? "[b, f, 0, 1]" : "[b, 0, 1, f]"
    let reach = (0..<2).map { g.dilation[$0] * (g.kernel[$0] - 1) }
    let span = (0..<2).map { (g.outSize[$0] - 1) * g.stride[$0] }
    switch convolution.direction {
    case .forward:
      let window = Window(
        left: images, right: "[o, i, 0, 1]", result: images, stride: g.stride, low: g.padLow,
        high: g.padHigh, rightDilation: g.dilation, featureGroups: g.groups)
      return emit(window, a, b, type)
    case .inputGradient:
      // The mirrored filter over images with stride - 1 zeros between their pixels.
      let window = Window(
        left: images, right: "[i, o, 0, 1]", result: images,
        low: (0..<2).map { reach[$0] - g.padLow[$0] },
        high: (0..<2).map { g.inSize[$0] - span[$0] - 1 + g.padLow[$0] }, leftDilation: g.stride,
        rightDilation: g.dilation, featureGroups: g.groups)
      return emit(window, a, mirrored(b, groups: g.groups), type)
    case .filterGradient:
      // The batch is what is summed over, so it stands where features do, and pixels of the filter where images' do.
      let isPlanar = convolution.layout == .nchw
      let window = Window(
        left: isPlanar ? "[f, b, 0, 1]" : "[f, 0, 1, b]",
        right: isPlanar ? "[i, o, 0, 1]" : "[i, 0, 1, o]", result: "[f, b, 0, 1]",
        stride: g.dilation, low: g.padLow,
        high: (0..<2).map { reach[$0] + span[$0] + 1 - g.inSize[$0] - g.padLow[$0] },
        rightDilation: g.stride, batchGroups: g.groups)
      return emit(window, a, b, type)
    }
  }

  /// A filter `[out, in / groups, kh, kw]` upside down, as `[out / groups, in, kh, kw]`.
  private mutating func mirrored(_ filter: Value, groups: Int) -> Value {
    let x = emit(
      "stablehlo.reverse \(filter.name), dims = [2, 3] : \(filter.type.mlir)", filter.type)
    if groups == 1 { return x }
    let (out, rest) = (x.shape[0] / groups, Array(x.shape.dimensions[2...]))
    let apart = reshape(x, Shape([groups, out, x.shape[1]] + rest))
    let order = reshaping(
      "transpose", apart, ", dims = [1, 0, 2, 3, 4]", to: Shape([out, groups, x.shape[1]] + rest))
    return reshape(order, Shape([out, groups * x.shape[1]] + rest))
  }

  private mutating func emit(
    _ w: Window, _ a: Value, _ b: Value, _ type: TensorType
  ) -> Value {
    let pads = "[\([w.low[0], w.high[0]].mlir), \([w.low[1], w.high[1]].mlir)]"
    // Without the precision, accelerators multiply float32 with fewer bits.
    return emit(
      "stablehlo.convolution(\(a.name), \(b.name)) dim_numbers = \(w.left)x\(w.right)->\(w.result), "
        + "window = {stride = \(w.stride.mlir), pad = \(pads), lhs_dilate = \(w.leftDilation.mlir), "
        + "rhs_dilate = \(w.rightDilation.mlir)} {batch_group_count = \(w.batchGroups) : i64, "
        + "feature_group_count = \(w.featureGroups) : i64, precision_config = "
        + "[#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]} : "
        + "(\(a.type.mlir), \(b.type.mlir)) -> \(type.mlir)", type)
  }
}
