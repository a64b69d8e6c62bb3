import Syntax
import TensorIR

/// x/6 + 1/2 between 0 and 1, as torch.nn.Hardsigmoid.
package struct HardSigmoid: ElementwiseLayer {
  package static let declaration = LayerDeclaration(
    "hard_sigmoid", synonyms: ["hardsigmoid"], "x/6 + 1/2, but no less than 0 and no more than 1.",
    range: 0...1)

  package init(_ values: KeyValues) {}

  package func apply(to x: Tensor) -> Tensor { (1.0 / 6) * (x.clamped(-3, 3) + 3) }
}
