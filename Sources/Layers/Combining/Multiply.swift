import Syntax
import TensorIR

/// The product of its operands, which have one shape.
package struct Multiply: LayerDefinition {
  package static let declaration = LayerDeclaration(
    "multiply", synonyms: ["mul", "product", "times", "hadamard"],
    "The product of its operands, of equal shapes: `multiply: [previous, name]`.", operands: .many)

  package init(_ values: KeyValues) {}

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    try ShapeFault.equal(inputs, "multiply")
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    operands.dropFirst().reduce(operands[0]) { $0 * $1 }
  }
}
