import Syntax
import TensorIR

/// log(1 + exp(x)), as torch.nn.Softplus.
package struct Softplus: ElementwiseLayer {
  package static let declaration = LayerDeclaration(
    "softplus", "log(1 + exp(x)).")

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor { x.map(.softplus) }
}
