import Syntax
import TensorIR

/// x·sigmoid(x), as torch.nn.SiLU.
///
/// Ramachandran et al. 2017.
package struct Swish: ElementwiseLayer {
  package static let declaration = LayerDeclaration(
    "swish", synonyms: ["silu"], "x*sigmoid(x).")

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor { x * x.map(.sigmoid) }
}
