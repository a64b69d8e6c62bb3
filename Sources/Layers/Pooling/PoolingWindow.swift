import Syntax

/// The windows of a pool: height, width.
struct PoolingWindow: Hashable, Sendable {
  static let kernel = Key(
    "kernel", .pair(in: 1...Limits.kernel), default: [2, 2], "Size of the windows."
  ).known(as: "kernel_size")
  static let stride = Key.derived(
    "stride", .pair(in: 1...Limits.kernel), from: "`kernel`", "Step from window to window."
  ) { $0[kernel] }

  let kernel: [Int]
  let stride: [Int]

  init(_ values: KeyValues) {
    kernel = values[Self.kernel]
    stride = values[Self.stride]
  }

  /// The shape of the result for `layer` of an operand that is `padding` larger on each side.
  func outputShape(
    _ input: [Int], padding: [Int] = [0, 0], _ layer: String
  ) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(input, layer)
    let padded = [image[1] + 2 * padding[0], image[2] + 2 * padding[1]]
    guard padded[0] >= kernel[0], padded[1] >= kernel[1] else {
      throw ShapeFault(
        "'\(layer)' of \(kernel[0])x\(kernel[1]) does not fit into its operand \(describe(shape: input))"
      )
    }
    return [image[0]] + (0..<2).map { (padded[$0] - kernel[$0]) / stride[$0] + 1 }
  }
}
