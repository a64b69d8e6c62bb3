import TensorIR

/// The cross-correlation of images with a kernel.
struct Convolve: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "conv", signature: "conv(v, weight, stride=1, padding=0, dilation=1, groups=1)",
    summary: "The convolution of images with a weight [out, in/groups, height, width].",
    operands: 2, arguments: ConvolutionArguments.declared)

  private let settings: ConvolutionArguments

  init(_ arguments: FunctionArguments) { settings = ConvolutionArguments(arguments) }

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    let (image, weight) = try settings.operands(operands, "conv")
    guard image[0] == weight[1] * settings.groups, weight[0] % settings.groups == 0 else {
      throw FunctionFault(
        "'conv' by a weight \(weight) with groups \(settings.groups) expects"
          + " \(weight[1] * settings.groups) channels, found \(operands[0])", operand: 0)
    }
    var result = [weight[0]]
    for axis in 0..<2 {
      let reach = settings.dilation[axis] * (weight[2 + axis] - 1) + 1
      let padded = image[1 + axis] + 2 * settings.padding[axis]
      guard padded >= reach else {
        throw FunctionFault(
          "a kernel of \(reach) does not fit into \(operands[0]), which is \(padded)"
            + " \(axis == 0 ? "high" : "wide") with its padding", operand: 0)
      }
      result.append((padded - reach) / settings.stride[axis] + 1)
    }
    return ValueShape(hasBatch: true, result)
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    let (x, weight) = (operands[0].settled(shapes[0]), operands[1].settled(shapes[1]))
    let geometry = settings.geometry(
      batch: x.shape[0], inChannels: x.shape[1], inSize: [x.shape[2], x.shape[3]],
      outChannels: weight.shape[0], weight)
    return x.builder.emit(.convolution(Convolution(.forward, geometry)), [x, weight])
  }
}

/// The adjoint of a convolution: what a transposed convolution computes.
struct ConvolveTransposed: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "conv_transpose",
    signature:
      "conv_transpose(v, weight, stride=1, padding=0, dilation=1, groups=1, output_padding=0)",
    summary: "The transposed convolution of images with a weight [in, out/groups, height, width].",
    operands: 2,
    arguments: ConvolutionArguments.declared + [
      FunctionArgument("output_padding", .pair(0...65_536), default: [0])
    ])

  private let settings: ConvolutionArguments
  private let outputPadding: [Int]

  init(_ arguments: FunctionArguments) throws(FunctionFault) {
    settings = ConvolutionArguments(arguments)
    outputPadding = arguments.pair("output_padding")
    for axis in 0..<2
    where outputPadding[axis] >= max(settings.stride[axis], settings.dilation[axis]) {
      throw FunctionFault(
        "'output_padding' \(outputPadding[axis]) must be smaller than the stride or the dilation")
    }
  }

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    let (image, weight) = try settings.operands(operands, "conv_transpose")
    guard image[0] == weight[0], weight[0] % settings.groups == 0 else {
      throw FunctionFault(
        "'conv_transpose' by a weight \(weight) with groups \(settings.groups) expects"
          + " \(weight[0]) channels, found \(operands[0])", operand: 0)
    }
    let size = size(of: Array(image.dropFirst()), kernel: Array(weight.suffix(2)))
    guard size.allSatisfy({ $0 >= 1 }) else {
      throw FunctionFault("nothing is left of \(operands[0]) behind the padding", operand: 0)
    }
    return ValueShape(hasBatch: true, [weight[1] * settings.groups] + size)
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    operands[0].settled(shapes[0]).transposedConvolution(
      operands[1].settled(shapes[1]), stride: settings.stride, padding: settings.padding,
      dilation: settings.dilation, groups: settings.groups, outputPadding: outputPadding)
  }

  private func size(of image: [Int], kernel: [Int]) -> [Int] {
    (0..<2).map { axis in
      (image[axis] - 1) * settings.stride[axis] - 2 * settings.padding[axis]
        + settings.dilation[axis] * (kernel[axis] - 1) + outputPadding[axis] + 1
    }
  }
}

/// The arguments that both directions of a convolution share; pairs are height, width.
struct ConvolutionArguments: Sendable {
  let stride: [Int]
  let padding: [Int]
  let dilation: [Int]
  let groups: Int

  static let declared = [
    FunctionArgument("stride", .pair(1...65_536), default: [1]),
    FunctionArgument("padding", .pair(0...65_536), default: [0]),
    FunctionArgument("dilation", .pair(1...65_536), default: [1]),
    FunctionArgument("groups", .integer(1...(1 << 31)), default: [1]),
  ]

  init(_ arguments: FunctionArguments) {
    (stride, padding) = (arguments.pair("stride"), arguments.pair("padding"))
    (dilation, groups) = (arguments.pair("dilation"), arguments.integer("groups"))
  }

  /// Sizes of one image and of the weight.
  func operands(
    _ operands: [ValueShape], _ name: String
  ) throws(FunctionFault) -> (image: [Int], weight: [Int]) {
    let (image, weight) = (operands[0].settled, operands[1].settled)
    guard image.hasBatch, image.axes.count == 3 else {
      throw FunctionFault(
        "'\(name)' expects images [channels, height, width] per sample, found \(operands[0])",
        operand: 0)
    }
    guard !weight.hasBatch, weight.axes.count == 4 else {
      throw FunctionFault(
        "'\(name)' expects a weight of four axes, found \(operands[1])", operand: 1)
    }
    return (image.sizes, weight.sizes)
  }

  func geometry(
    batch: Int, inChannels: Int, inSize: [Int], outChannels: Int, _ weight: Tensor
  ) -> ConvolutionGeometry {
    ConvolutionGeometry(
      batch: batch, inChannels: inChannels, inSize: inSize, outChannels: outChannels,
      kernel: [weight.shape[2], weight.shape[3]], stride: stride, padLow: padding,
      padHigh: padding, dilation: dilation, groups: groups)
  }
}
