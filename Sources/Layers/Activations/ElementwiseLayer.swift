import Syntax
import TensorIR

/// A scalar function of each element: shapes stay, and there is nothing to own.
package protocol ElementwiseLayer: LayerDefinition {
  func apply(to x: Tensor) -> Tensor
}

extension ElementwiseLayer {
  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] { inputs[0] }
  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }
  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    apply(to: operands[0])
  }
}
