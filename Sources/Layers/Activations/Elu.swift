import Syntax
import TensorIR

/// x above 0, α·(exp(x) - 1) below, as torch.nn.ELU.
///
/// Clevert et al. 2016.
package struct Elu: ElementwiseLayer {
  private static let alpha = Key(
    "alpha", .number(in: 0...1e6), default: 1, "The limit at minus infinity is -alpha.")

  package static let declaration = LayerDeclaration(
    "elu", "x above 0, alpha*(exp(x) - 1) below.", keys: [alpha], bareKey: alpha)

  private let alpha: Double

  package init(_ values: KeyValues) { alpha = values[Self.alpha] }

  package func apply(to x: Tensor) -> Tensor { x.exponentialBelowZero(alpha) }
}
