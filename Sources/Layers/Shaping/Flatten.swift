import Syntax
import TensorIR

/// One sample as a vector.
package struct Flatten: LayerDefinition {
  package static let declaration = LayerDeclaration("flatten", "One sample as a vector.")

  package init(_ values: KeyValues) {}

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    [Limits.product(inputs[0]) ?? 0]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    return x.reshape([x.shape[0], x.shape.count / x.shape[0]])
  }
}
