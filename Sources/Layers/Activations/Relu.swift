import Syntax
import TensorIR

/// max(x, 0), as torch.nn.ReLU.
package struct Relu: ElementwiseLayer {
  package static let declaration = LayerDeclaration(
    "relu", "max(x, 0).")

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor { x.map(.leakyRelu, 0) }
}
