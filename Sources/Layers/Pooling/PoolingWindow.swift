import Syntax
import TensorIR

/// The windows of a pool: height, width.
struct PoolingWindow: Hashable, Sendable {
  static let kernel = Key(
    "kernel", .pair(in: 1...Limits.kernel), default: [2, 2], "Size of the windows."
  ).known(as: "kernel_size")
  static let stride = Key.derived(
    "stride", .pair(in: 1...Limits.kernel), from: "`kernel`", "Step from window to window."
  ) { $0[kernel] }

  /// Rows and columns around the operand; `meaning` says what stands there.
  static func padding(_ meaning: String) -> Key<[Int]> {
    Key("padding", .padding(upTo: Limits.kernel), default: [0, 0], meaning)
  }

  let kernel: [Int]
  let stride: [Int]
  let padding: [Int]

  init(_ values: KeyValues, padding: Key<[Int]>) {
    kernel = values[Self.kernel]
    stride = values[Self.stride]
    self.padding = values[padding]
  }

  /// The shape of the result for `layer`.
  func outputShape(_ input: [Int], _ layer: String) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(input, layer)
    for axis in 0..<2 where padding[axis] > kernel[axis] / 2 {
      // A window of nothing but padding has no maximum; torch's pools refuse it alike.
      throw ShapeFault(
        "'padding' \(padding[axis]) of '\(layer)' is more than half its 'kernel' \(kernel[axis])")
    }
    let padded = [image[1] + 2 * padding[0], image[2] + 2 * padding[1]]
    guard padded[0] >= kernel[0], padded[1] >= kernel[1] else {
      throw ShapeFault(
        "'\(layer)' of \(kernel[0])x\(kernel[1]) does not fit into its operand \(describe(shape: input))"
      )
    }
    return [image[0]] + (0..<2).map { (padded[$0] - kernel[$0]) / stride[$0] + 1 }
  }

  /// `x` with `fill` on all sides.
  func padded(_ x: Tensor, fill: Double = 0) -> Tensor {
    let sides = [0, 0] + padding
    return padding == [0, 0] ? x : x.pad(low: sides, high: sides, fill: fill)
  }
}
