import Syntax
import TensorIR

/// softmax((x + e)/τ) along an axis with e = -log(-log u), as torch.nn.functional.gumbel_softmax.
///
/// Jang, Gu, Poole 2017, arXiv:1611.01144; Maddison, Mnih, Teh 2017, arXiv:1611.00712. As τ falls to 0 it becomes a one-hot
/// sample of softmax(x). u is uniform in (0, 1), a constant for derivatives of every order, and another one for every call of a
/// step; samples draw, too.
package struct GumbelSoftmax: LayerDefinition {
  private static let temperature = Key(
    "temperature", .positive, default: 1.0, "How soft the choice is: τ."
  ).known(as: "tau", "t")

  package static let declaration = LayerDeclaration(
    "gumbel_softmax", synonyms: ["gumbelsoftmax", "concrete", "relaxed_one_hot_categorical"],
    "softmax((x + e)/temperature) along an axis, where e is Gumbel noise: nearly one-hot, drawn by softmax(x). (Jang, Gu, Poole 2017, arXiv:1611.01144)",
    keys: [temperature, SoftmaxAxis.along], bareKey: temperature, draws: true, range: 0...1)

  /// The least u, of which the logarithm is finite: draws may be 0.
  private static let least = 0x1p-24

  private let temperature: Double
  private let axis: SoftmaxAxis

  package init(_ values: KeyValues) {
    temperature = values[Self.temperature]
    axis = SoftmaxAxis(values)
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    try axis.check(inputs[0], "gumbel_softmax")
    return inputs[0]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let drawn = site.draw(
      "noise", .uniform(low: 0, high: 1), batch: x.shape[0], Array(x.shape.dimensions.dropFirst()))
    let u = drawn.zip(.maximum, site.builder.constant(Self.least, x.shape))
    let noise = -(-u.map(.log)).map(.log)
    return ((1 / temperature) * (x + noise)).softmax(axis.axis(of: x))
  }
}
