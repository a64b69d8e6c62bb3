import Syntax
import TensorIR

/// x·m/(1 - p) in training, x for samples, as torch.nn.Dropout and Dropout2d.
///
/// An element of m is 1 with probability 1 - p, else 0. Srivastava et al. 2014; m is a constant for derivatives of every order, and another one for every call of a step.
package struct Dropout: LayerDefinition {
  private static let p = Key(
    "p", .number(in: 0...0.99), default: 0.5, "Share of the values that become 0."
  ).known(as: "rate", "prob", "probability")
  private static let channels = Key(
    "channels", .boolean, default: false,
    "Whether the channels of an image are kept or dropped whole.")

  private static let sampling = Key(
    "sampling", .boolean, default: false, "Whether samples lose values too, as those of pix2pix do."
  )

  package static let declaration = LayerDeclaration(
    "dropout", synonyms: ["dropout2d", "dropout1d", "spatialdropout2d"],
    "x*m/(1 - p) with random m of 0 or 1 in training steps, x for samples unless `sampling`.",
    keys: [p, channels, sampling],
    bareKey: p, draws: true)

  private let p: Double
  private let channels: Bool
  private let sampling: Bool

  package init(_ values: KeyValues) {
    p = values[Self.p]
    channels = values[Self.channels]
    sampling = values[Self.sampling]
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    channels ? try ShapeFault.image(inputs[0], "dropout") : inputs[0]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    guard site.isTraining || sampling, p > 0 else { return x }
    let own = channels ? [x.shape[1]] : Array(x.shape.dimensions.dropFirst())
    let u = site.draw("mask", .uniform(low: 0, high: 1), batch: x.shape[0], own)
    let kept = u.zip(.greaterEqual, site.builder.constant(p, u.shape))
    return (1 / (1 - p)) * (x * kept.broadcast(to: x.shape, axes: Array(0..<u.shape.rank)))
  }
}
