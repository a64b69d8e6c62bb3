import Syntax
import TensorIR

/// x·tanh(softplus(x)), as torch.nn.Mish.
///
/// Misra 2020.
package struct Mish: ElementwiseLayer {
  package static let declaration = LayerDeclaration("mish", "x*tanh(softplus(x)).")

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor { x * x.map(.softplus).map(.tanh) }
}
