import Syntax
import TensorIR

/// y[cr² + ir + j, h, w] = x[c, hr + i, wr + j], as torch.nn.PixelUnshuffle: what undoes `pixel_shuffle`.
package struct PixelUnshuffle: LayerDefinition {
  private static let factor = Key(
    "factor", .integer(in: 1...256), default: 2, "By which height and width shrink."
  ).known(as: "downscale_factor")

  package static let declaration = LayerDeclaration(
    "pixel_unshuffle", synonyms: ["pixelunshuffle", "space_to_depth", "squeeze2d"],
    "Rectangles of a channel as factor^2 channels.", keys: [factor], bareKey: factor)

  private let factor: Int

  package init(_ values: KeyValues) { factor = values[Self.factor] }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "pixel_unshuffle")
    guard image[1].isMultiple(of: factor), image[2].isMultiple(of: factor) else {
      throw ShapeFault(
        "'pixel_unshuffle' by \(factor) must divide height and width, but its operand is \(describe(shape: image))"
      )
    }
    return [image[0] * factor * factor, image[1] / factor, image[2] / factor]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2] / factor, x.shape[3] / factor)
    return x.reshape([n, c, h, factor, w, factor]).transpose([0, 1, 3, 5, 2, 4])
      .reshape([n, c * factor * factor, h, w])
  }
}
