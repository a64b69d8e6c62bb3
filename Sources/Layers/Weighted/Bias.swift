import Syntax
import TensorIR

/// x + b with one learned b for each channel, or one for all.
package struct Bias: LayerDefinition {
  private static let initial = Key(
    "init", .number(in: -1e30...1e30), default: 0, "First value of what is added.")
  private static let perChannel = Key(
    "per_channel", .boolean, default: true, "Whether every channel has a number of its own.")

  package static let declaration = LayerDeclaration(
    "bias", synonyms: ["shift"], "x + b; b is learned.", keys: [initial, perChannel])

  private let initial: Double
  private let perChannel: Bool

  package init(_ values: KeyValues) {
    initial = values[Self.initial]
    perChannel = values[Self.perChannel]
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] { inputs[0] }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] {
    [.parameter("bias", perChannel ? [inputs[0][0]] : [], .constant(initial))]
  }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let (x, bias) = (operands[0], site.variable("bias"))
    return x + (perChannel ? bias.perChannel(x.shape) : bias.broadcast(to: x.shape))
  }
}
