import Syntax
import TensorIR

/// min(max(x, -1), 1), as torch.nn.Hardtanh.
package struct HardTanh: ElementwiseLayer {
  package static let declaration = LayerDeclaration(
    "hard_tanh", synonyms: ["hardtanh", "htanh"], "min(max(x, -1), 1).", range: -1...1)

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor { x.clamped(-1, 1) }
}
