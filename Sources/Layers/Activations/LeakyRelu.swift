import Syntax
import TensorIR

/// x above 0, slope·x below, as torch.nn.LeakyReLU.
package struct LeakyRelu: ElementwiseLayer {
  private static let slope = Key(
    "slope", .number(in: 0...1), default: 0.01, "Factor of negative values."
  ).known(as: "negative_slope")

  package static let declaration = LayerDeclaration(
    "leaky_relu", synonyms: ["lrelu", "leakyrelu"], "x above 0, slope*x below.", keys: [slope],
    bareKey: slope)

  private let slope: Double

  package init(_ values: KeyValues) { slope = values[Self.slope] }

  package func apply(to x: Tensor) -> Tensor { x.map(.leakyRelu, slope) }
}
