import Syntax
import TensorIR

/// Each position repeated `factor` times along height and width, as torch.nn.Upsample with the nearest neighbour.
package struct Upsample: LayerDefinition {
  private static let factor = Key(
    "factor", .integer(in: 1...256), default: 2, "How often each row and column is repeated.")

  package static let declaration = LayerDeclaration(
    "upsample",
    synonyms: [
      "interpolate", "upsampling2d", "upsample2d", "upsamplingnearest2d", "nearest",
    ], "Each row and column repeated.", keys: [factor],
    bareKey: factor)

  let factor: Int

  package init(_ values: KeyValues) { factor = values[Self.factor] }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "upsample")
    return [image[0], image[1] * factor, image[2] * factor]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    return x.broadcast(to: [n, c, h, factor, w, factor], axes: [0, 1, 2, 4])
      .reshape([n, c, h * factor, w * factor])
  }
}
