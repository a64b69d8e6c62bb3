import Syntax
import TensorIR

/// torch.nn.Conv2d: W `[out, in / groups, kh, kw]`.
package struct ConvolutionLayer: LayerDefinition {
  private static let padding = Key(
    "padding", .zeros(upTo: Limits.kernel), default: .zeros([0, 0]),
    "Zeros on each side; `same` are as many as let the result have the operand's size divided by the stride, rounded up, the odd one behind, as TensorFlow has them."
  )

  package static let declaration = LayerDeclaration(
    "conv", synonyms: ["conv2d", "convolution", "convolution2d"],
    "Convolution of `[channels, height, width]`, as PyTorch's Conv2d with zero padding.",
    keys: ConvolutionKeys.all(padding: padding), bareKey: ConvolutionKeys.out, hasWeights: true)

  let keys: ConvolutionKeys
  let padding: ConvolutionPadding

  package init(_ values: KeyValues) {
    keys = ConvolutionKeys(values)
    padding = values[Self.padding]
  }

  /// Zeros around an image of `size`: rows, columns.
  private func zeros(_ size: [Int]) -> (low: [Int], high: [Int]) {
    let sides = (0..<2).map {
      padding.sides(axis: $0, size: size[$0], reach: keys.reach($0), stride: keys.stride[$0])
    }
    return (sides.map(\.low), sides.map(\.high))
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "conv")
    try keys.checkGroups(image[0])
    var result = [keys.out]
    let (low, high) = zeros(Array(image[1...]))
    for axis in 0..<2 {
      let padded = image[axis + 1] + low[axis] + high[axis]
      let reach = keys.reach(axis)
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
    let size = [x.shape[2], x.shape[3]]
    let (low, high) = zeros(size)
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: x.shape[1], inSize: size, outChannels: keys.out,
      kernel: keys.kernel, stride: keys.stride, padLow: low, padHigh: high,
      dilation: keys.dilation, groups: keys.groups)
    let y = site.builder.emit(.convolution(Convolution(.forward, geometry)), [x, site.weight()])
    return site.biased(y, keys.bias)
  }
}
