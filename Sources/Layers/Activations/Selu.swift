import Syntax
import TensorIR

/// λ·x above 0, λ·α·(exp(x) - 1) below, as torch.nn.SELU.
///
/// Klambauer et al. 2017; λ and α keep mean 0 and variance 1 from layer to layer.
package struct Selu: ElementwiseLayer {
  private static let alpha = 1.6732632423543772848170429916717
  private static let lambda = 1.0507009873554804934193349852946

  package static let declaration = LayerDeclaration(
    "selu", "1.0507*x above 0, 1.7581*(exp(x) - 1) below.")

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor {
    Self.lambda * x.exponentialBelowZero(Self.alpha)
  }
}
