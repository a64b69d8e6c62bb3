import Syntax
import TensorIR

/// torch.nn.Conv2d: W `[out, in / groups, kh, kw]`.
package struct ConvolutionLayer: LayerDefinition {
  package static let declaration = LayerDeclaration(
    "conv", synonyms: ["conv2d", "convolution", "convolution2d"],
    "Convolution of `[channels, height, width]`, as PyTorch's Conv2d with zero padding.",
    keys: ConvolutionKeys.all, bareKey: ConvolutionKeys.out, hasWeights: true)

  let keys: ConvolutionKeys

  package init(_ values: KeyValues) { keys = ConvolutionKeys(values) }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "conv")
    try keys.checkGroups(image[0])
    var result = [keys.out]
    for axis in 0..<2 {
      let padded = image[axis + 1] + 2 * keys.padding[axis]
      let reach = keys.dilation[axis] * (keys.kernel[axis] - 1) + 1
      guard padded >= reach else {
        throw ShapeFault(
          "a kernel of \(reach) does not fit into the operand \(describe(shape: image)), which is \(padded) \(axis == 0 ? "high" : "wide") with its padding",
          hint: "use a smaller kernel, more padding, or fewer strides before it")
      }
      result.append((padded - reach) / keys.stride[axis] + 1)
    }
    return result
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] {
    VariableDeclaration.weight(
      [keys.out, inputs[0][0] / keys.groups] + keys.kernel, bias: keys.bias ? keys.out : nil)
  }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: x.shape[1], inSize: [x.shape[2], x.shape[3]],
      outChannels: keys.out, kernel: keys.kernel, stride: keys.stride, padLow: keys.padding,
      padHigh: keys.padding, dilation: keys.dilation, groups: keys.groups)
    let y = site.builder.emit(.convolution(Convolution(.forward, geometry)), [x, site.weight()])
    return site.biased(y, keys.bias)
  }
}
