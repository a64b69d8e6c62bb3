import Diagnostics
import Syntax

/// Why a layer cannot take its operands.
struct ShapeFault: Error {
  var message: String
  var hint: String?
  /// The operand at fault.
  var operand = 0
}

extension LayerKind {
  /// The result's shape where it does not depend on the operands, to go on with behind a fault.
  var fixedOutputShape: [Int]? {
    switch self {
    case .linear(let out, _): [out]
    case .reshape(let shape): shape
    default: nil
    }
  }

  /// Shape of one output sample for operands of the given shapes.
  ///
  /// `residual` is checked with its lists.
  func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    switch self {
    case .add:
      for (index, shape) in inputs.enumerated() where shape != inputs[0] {
        throw ShapeFault(
          message:
            "'add' needs operands of one shape, but they are \(describe(shape: inputs[0])) and \(describe(shape: shape))",
          operand: index)
      }
      return inputs[0]
    case .concatenate: return try Self.concatenated(inputs)
    default:
      let shape = try singleOperandShape(inputs[0])
      guard Limits.product(shape) != nil else {
        throw ShapeFault(
          message: "the result \(describe(shape: shape)) has more than 2^40 elements")
      }
      return shape
    }
  }

  private func singleOperandShape(_ input: [Int]) throws(ShapeFault) -> [Int] {
    switch self {
    case .linear(let out, _):
      guard input.count == 1 else {
        throw ShapeFault(
          message:
            "'linear' needs one axis of features, but its operand is \(describe(shape: input))",
          hint: "put 'flatten' before it")
      }
      try Self.checkParameter([out, input[0]])
      return [out]
    case .convolution(let layer): return try layer.outputShape(input)
    case .convolutionTranspose(let layer, let outputPadding):
      return try layer.transposedOutputShape(input, outputPadding: outputPadding)
    case .batchNorm:
      guard input.count == 1 || input.count == 3 else {
        throw ShapeFault(
          message:
            "'batch_norm' needs [features] or [channels, height, width], but its operand is \(describe(shape: input))"
        )
      }
      return input
    case .reshape(let shape):
      let (from, to) = (Limits.product(input) ?? 0, Limits.product(shape) ?? 0)
      guard from == to else {
        throw ShapeFault(
          message:
            "'reshape' to \(describe(shape: shape)) needs \(to) elements, but its operand \(describe(shape: input)) has \(from)"
        )
      }
      return shape
    case .flatten: return [Limits.product(input) ?? 0]
    case .upsampleNearest(let factor):
      let image = try Self.image(input, "upsample")
      return [image[0], image[1] * factor, image[2] * factor]
    case .averagePool(let kernel, let stride):
      let image = try Self.image(input, "average_pool")
      guard image[1] >= kernel, image[2] >= kernel else {
        throw ShapeFault(
          message:
            "'average_pool' of \(kernel)x\(kernel) does not fit into its operand \(describe(shape: input))"
        )
      }
      return [image[0], (image[1] - kernel) / stride + 1, (image[2] - kernel) / stride + 1]
    case .globalSumPool: return [try Self.image(input, "global_sum_pool")[0]]
    case .globalMeanPool: return [try Self.image(input, "global_mean_pool")[0]]
    case .activation, .add, .concatenate, .residual: return input
    }
  }

  private static func concatenated(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    var result = inputs[0]
    for (index, shape) in inputs.enumerated().dropFirst() {
      guard shape.dropFirst() == inputs[0].dropFirst() else {
        throw ShapeFault(
          message:
            "'concatenate' joins channels, but \(describe(shape: inputs[0])) and \(describe(shape: shape)) differ in their other axes",
          operand: index)
      }
      result[0] += shape[0]
    }
    guard Limits.product(result) != nil else {
      throw ShapeFault(message: "the result \(describe(shape: result)) has more than 2^40 elements")
    }
    return result
  }

  fileprivate static func image(_ shape: [Int], _ layer: String) throws(ShapeFault) -> [Int] {
    guard shape.count == 3 else {
      throw ShapeFault(
        message:
          "'\(layer)' needs [channels, height, width], but its operand is \(describe(shape: shape))",
        hint: "put 'reshape' before it")
    }
    return shape
  }

  fileprivate static func checkParameter(_ shape: [Int]) throws(ShapeFault) {
    guard Limits.product(shape) != nil else {
      throw ShapeFault(message: "its weight \(describe(shape: shape)) has more than 2^40 elements")
    }
  }
}

extension ConvolutionLayer {
  fileprivate func outputShape(_ input: [Int]) throws(ShapeFault) -> [Int] {
    let image = try LayerKind.image(input, "conv")
    try checkGroups(image[0])
    try LayerKind.checkParameter([out, image[0] / groups] + kernel)
    var result = [out]
    for axis in 0..<2 {
      let padded = image[axis + 1] + 2 * padding[axis]
      let reach = dilation[axis] * (kernel[axis] - 1) + 1
      guard padded >= reach else {
        throw ShapeFault(
          message:
            "a kernel of \(reach) does not fit into the operand \(describe(shape: input)), which is \(padded) \(axis == 0 ? "high" : "wide") with its padding",
          hint: "use a smaller kernel, more padding, or fewer strides before it")
      }
      result.append((padded - reach) / stride[axis] + 1)
    }
    return result
  }

  fileprivate func transposedOutputShape(
    _ input: [Int], outputPadding: [Int]
  ) throws(ShapeFault) -> [Int] {
    let image = try LayerKind.image(input, "conv_transpose")
    try checkGroups(image[0])
    try LayerKind.checkParameter([image[0], out / groups] + kernel)
    var result = [out]
    for axis in 0..<2 {
      guard outputPadding[axis] < max(stride[axis], dilation[axis]) else {
        throw ShapeFault(
          message:
            "'output_padding' \(outputPadding[axis]) must be smaller than the stride or the dilation"
        )
      }
      let size =
        (image[axis + 1] - 1) * stride[axis] - 2 * padding[axis]
        + dilation[axis] * (kernel[axis] - 1) + outputPadding[axis] + 1
      guard size >= 1 else {
        throw ShapeFault(
          message:
            "the result of the operand \(describe(shape: input)) would be \(size) \(axis == 0 ? "high" : "wide")",
          hint: "use less padding or a larger kernel")
      }
      result.append(size)
    }
    return result
  }

  private func checkGroups(_ channels: Int) throws(ShapeFault) {
    guard channels % groups == 0, out % groups == 0 else {
      throw ShapeFault(
        message:
          "'groups' \(groups) must divide the channels of the operand, \(channels), and 'out', \(out)"
      )
    }
  }
}
