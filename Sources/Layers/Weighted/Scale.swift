import Syntax
import TensorIR

/// γ·x with a constant factor, a learned one, or both.
package struct Scale: LayerDefinition {
  private static let factor = Key(
    "factor", .number(in: -1e30...1e30), default: 1, "A constant factor.")
  private static let initial = Key.optional(
    "init", .number(in: -1e30...1e30), or: "none is learned", "First value of a learned factor.")
  private static let perChannel = Key(
    "per_channel", .boolean, default: false,
    "Whether every channel has a learned factor of its own.")

  package static let declaration = LayerDeclaration(
    "scale", synonyms: ["gain", "gamma", "layer_scale"],
    "factor*gamma*x; gamma is learned where it has an `init`.",
    keys: [factor, initial, perChannel],
    bareKey: factor)

  private let factor: Double
  private let initial: Double?
  private let perChannel: Bool

  package init(_ values: KeyValues) {
    factor = values[Self.factor]
    initial = values[Self.initial]
    perChannel = values[Self.perChannel]
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    if initial == nil, perChannel {
      throw ShapeFault("'per_channel' of 'scale' needs 'init'", hint: "write, for example, init: 1")
    }
    return inputs[0]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] {
    initial.map { [.parameter("gamma", perChannel ? [inputs[0][0]] : [], .constant($0))] } ?? []
  }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let scaled = factor == 1 ? x : factor * x
    guard initial != nil else { return scaled }
    let gamma = site.variable("gamma")
    return scaled * (perChannel ? gamma.perChannel(x.shape) : gamma.broadcast(to: x.shape))
  }
}
