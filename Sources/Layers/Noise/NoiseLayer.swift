import Syntax
import TensorIR

/// x + s·e with a learned strength s and normal e for every place, the same for all channels.
///
/// Karras et al. 2019 and 2020. e is a constant for derivatives, and another one for every call, for samples too.
package struct NoiseLayer: LayerDefinition {
  private static let initial = Key(
    "init", .number(in: -1e30...1e30), default: 0, "First value of the strength.")

  package static let declaration = LayerDeclaration(
    "noise", synonyms: ["noise_injection", "noiseinjection"],
    "x + s*e; s is learned, e is normal, one number for every place.", keys: [initial],
    bareKey: initial, draws: true)

  private let initial: Double

  package init(_ values: KeyValues) { initial = values[Self.initial] }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    try ShapeFault.image(inputs[0], "noise")
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] {
    [.parameter("noise_strength", [], .constant(initial))]
  }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let drawn = site.draw(
      "noise", .normal(mean: 0, deviation: 1), batch: x.shape[0], [x.shape[2], x.shape[3]])
    let strength = site.variable("noise_strength").broadcast(to: drawn.shape)
    return x + (strength * drawn).broadcast(to: x.shape, axes: [0, 2, 3])
  }
}
