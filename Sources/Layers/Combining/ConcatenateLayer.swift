import Syntax
import TensorIR

/// Its operands side by side along the channel axis.
package struct ConcatenateLayer: LayerDefinition {
  package static let declaration = LayerDeclaration(
    "concatenate", synonyms: ["cat", "concat"],
    "Its operands side by side along channels or features.", operands: .many)

  package init(_ values: KeyValues) {}

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    var result = inputs[0]
    for (index, shape) in inputs.enumerated().dropFirst() {
      guard shape.dropFirst() == inputs[0].dropFirst() else {
        throw ShapeFault(
          "'concatenate' joins channels, but \(describe(shape: inputs[0])) and \(describe(shape: shape)) differ in their other axes",
          operand: index)
      }
      result[0] += shape[0]
    }
    return result
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    concatenate(operands, axis: 1)
  }
}
