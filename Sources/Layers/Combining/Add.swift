import Syntax
import TensorIR

/// The sum of its operands, which have one shape.
package struct Add: LayerDefinition {
  package static let declaration = LayerDeclaration(
    "add", synonyms: ["merge", "sum", "plus"],
    "The sum of its operands, of equal shapes: `add: [previous, name]`.", operands: .many)

  package init(_ values: KeyValues) {}

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    try ShapeFault.equal(inputs, "add")
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    operands.dropFirst().reduce(operands[0]) { $0 + $1 }
  }
}
