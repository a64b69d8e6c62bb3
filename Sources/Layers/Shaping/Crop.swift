import Syntax
import TensorIR

/// Images without some of their outermost rows and columns.
package struct Crop: LayerDefinition {
  private static let sides = Key.required(
    "sides", .sides, example: "sides: [0, 1, 0, 1]", "How many rows and columns are taken away."
  ).known(as: "cropping")

  package static let declaration = LayerDeclaration(
    "crop", synonyms: ["cropping2d", "center_crop", "cut"],
    "Images without rows and columns of their sides.", keys: [sides], bareKey: sides)

  private let sides: Sides

  package init(_ values: KeyValues) { sides = Sides(values[Self.sides]) }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "crop")
    let (height, width) = (
      image[1] - sides.rows.reduce(0, +), image[2] - sides.columns.reduce(0, +)
    )
    guard height > 0, width > 0 else {
      throw ShapeFault("'crop' leaves nothing of its operand \(describe(shape: image))")
    }
    return [image[0], height, width]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let size = operands[0].shape.dimensions
    return operands[0].slice(sides.low, zip(size, sides.high).map { $0 - $1 })
  }
}
