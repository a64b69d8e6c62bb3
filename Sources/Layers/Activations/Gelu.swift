import Syntax
import TensorIR

/// x·Φ(x), as torch.nn.GELU without approximation.
///
/// Hendrycks and Gimpel 2016.
package struct Gelu: ElementwiseLayer {
  package static let declaration = LayerDeclaration(
    "gelu", "x times the normal distribution function of x, exact, by erf.")

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor {
    0.5 * (x * (x.map(.scale, 0.5.squareRoot()).map(.erf) + 1))
  }
}
