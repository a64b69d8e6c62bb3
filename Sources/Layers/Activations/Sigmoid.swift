import Syntax
import TensorIR

/// 1/(1 + exp(-x)), as torch.nn.Sigmoid.
package struct Sigmoid: ElementwiseLayer {
  package static let declaration = LayerDeclaration(
    "sigmoid", "1/(1 + exp(-x)).", range: 0...1)

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor { x.map(.sigmoid) }
}
