import Syntax
import TensorIR

/// y[c, hr + i, wr + j] = x[cr² + ir + j, h, w], as torch.nn.PixelShuffle.
///
/// Shi et al. 2016.
package struct PixelShuffle: LayerDefinition {
  private static let factor = Key(
    "factor", .integer(in: 1...256), default: 2, "By which height and width grow."
  ).known(as: "upscale_factor")

  package static let declaration = LayerDeclaration(
    "pixel_shuffle", synonyms: ["pixelshuffle", "depth_to_space", "subpixel"],
    "factor^2 channels as rectangles of one channel.", keys: [factor], bareKey: factor)

  private let factor: Int

  package init(_ values: KeyValues) { factor = values[Self.factor] }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "pixel_shuffle")
    guard image[0].isMultiple(of: factor * factor) else {
      throw ShapeFault(
        "'pixel_shuffle' by \(factor) needs a multiple of \(factor * factor) channels, but its operand is \(describe(shape: image))"
      )
    }
    return [image[0] / (factor * factor), image[1] * factor, image[2] * factor]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let (n, c, h, w) = (x.shape[0], x.shape[1] / (factor * factor), x.shape[2], x.shape[3])
    return x.reshape([n, c, factor, factor, h, w]).transpose([0, 1, 4, 2, 5, 3])
      .reshape([n, c, h * factor, w * factor])
  }
}
