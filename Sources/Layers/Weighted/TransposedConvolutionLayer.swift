import Syntax
import TensorIR

/// torch.nn.ConvTranspose2d, W `[in, out / groups, kh, kw]`: the input-gradient of the convolution that maps its
/// output back to its input.
package struct TransposedConvolutionLayer: LayerDefinition {
  private static let padding = Key(
    "padding", .padding(upTo: Limits.kernel), default: [0, 0],
    "Rows and columns that each side of the result loses, as PyTorch has it.")
  private static let outputPadding = Key(
    "output_padding", .pair(in: 0...Limits.kernel), default: [0, 0],
    "Rows and columns more at the end.")

  package static let declaration = LayerDeclaration(
    "conv_transpose",
    synonyms: [
      "deconv", "deconv2d", "deconvolution", "convtranspose", "convtranspose2d", "conv2dtranspose",
      "conv2d_transpose", "conv_transpose2d", "transposed_conv",
    ],
    "Its transpose, as PyTorch's ConvTranspose2d.",
    keys: ConvolutionKeys.all(padding: padding) + [outputPadding], bareKey: ConvolutionKeys.out,
    hasWeights: true)

  private let keys: ConvolutionKeys
  private let padding: [Int]
  private let outputPadding: [Int]

  package init(_ values: KeyValues) {
    keys = ConvolutionKeys(values)
    padding = values[Self.padding]
    outputPadding = values[Self.outputPadding]
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "conv_transpose")
    try keys.checkGroups(image[0])
    for axis in 0..<2 {
      guard outputPadding[axis] < max(keys.stride[axis], keys.dilation[axis]) else {
        throw ShapeFault(
          "'output_padding' \(outputPadding[axis]) must be smaller than the stride or the dilation")
      }
      let size = outputSize(image[axis + 1], axis)
      guard size >= 1 else {
        throw ShapeFault(
          "the result of the operand \(describe(shape: image)) would be \(size) \(axis == 0 ? "high" : "wide")",
          hint: "use less padding or a larger kernel")
      }
    }
    return [keys.out, outputSize(image[1], 0), outputSize(image[2], 1)]
  }

  private func outputSize(_ size: Int, _ axis: Int) -> Int {
    (size - 1) * keys.stride[axis] - 2 * padding[axis]
      + keys.dilation[axis] * (keys.kernel[axis] - 1) + outputPadding[axis] + 1
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] {
    VariableDeclaration.weight(
      [inputs[0][0], keys.out / keys.groups] + keys.kernel, outputs: 1,
      groups: keys.groups, bias: keys.bias ? keys.out : nil)
  }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let y = operands[0].transposedConvolution(
      site.weight(), stride: keys.stride, padding: padding, dilation: keys.dilation,
      groups: keys.groups, outputPadding: outputPadding)
    return site.biased(y, keys.bias)
  }
}
