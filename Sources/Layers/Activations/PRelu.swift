import Syntax
import TensorIR

/// x above 0, a·x below with a learned a, as torch.nn.PReLU.
///
/// He et al. 2015.
package struct PRelu: LayerDefinition {
  private static let perChannel = Key(
    "per_channel", .boolean, default: false, "Whether every channel has a slope of its own.")
  private static let initial = Key(
    "init", .number(in: -1e6...1e6), default: 0.25, "First value of the slopes.")

  package static let declaration = LayerDeclaration(
    "prelu", "x above 0, a*x below; a is learned.", keys: [perChannel, initial])

  private let perChannel: Bool
  private let initial: Double

  package init(_ values: KeyValues) {
    perChannel = values[Self.perChannel]
    initial = values[Self.initial]
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] { inputs[0] }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] {
    [.parameter("weight", [perChannel ? inputs[0][0] : 1], .constant(initial))]
  }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let slope = site.variable("weight")
    let slopes =
      perChannel ? slope.perChannel(x.shape) : slope.reshape([]).broadcast(to: x.shape)
    return x.select(where: x.map(.mask, 0), else: slopes * x)
  }
}
