import Syntax
import TensorIR

/// min(max(x, 0), 6), as torch.nn.ReLU6.
package struct Relu6: ElementwiseLayer {
  package static let declaration = LayerDeclaration(
    "relu6", "min(max(x, 0), 6).", range: 0...6)

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor { x.clamped(0, 6) }
}
