import Syntax
import TensorIR

/// |x|, as torch.abs.
package struct Abs: ElementwiseLayer {
  package static let declaration = LayerDeclaration(
    "abs", synonyms: ["absolute", "magnitude"], "The absolute value.")

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor { x.map(.abs) }
}
