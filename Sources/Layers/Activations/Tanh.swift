import Syntax
import TensorIR

/// The hyperbolic tangent, as torch.nn.Tanh.
package struct Tanh: ElementwiseLayer {
  package static let declaration = LayerDeclaration(
    "tanh", "The hyperbolic tangent.", range: -1...1)

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor { x.map(.tanh) }
}
