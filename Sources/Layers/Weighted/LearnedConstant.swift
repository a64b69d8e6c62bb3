import Syntax
import TensorIR

/// A learned value, the same for every sample, as StyleGAN's synthesis begins with.
///
/// Karras et al. 2019. Its operand tells how many samples there are, and nothing else.
package struct LearnedConstant: LayerDefinition {
  private static let shape = Key.required(
    "shape", .shape, example: "shape: [512, 4, 4]", "Shape of one sample.")

  package static let declaration = LayerDeclaration(
    "constant", synonyms: ["const", "learned_constant", "constant_input"],
    "A learned value of that shape for every sample, whatever the operand is.", keys: [shape],
    bareKey: shape, knownShape: { $0[shape] })

  private let shape: [Int]

  package init(_ values: KeyValues) { shape = values[Self.shape] }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] { shape }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] {
    [.parameter("const", shape, .normal(deviation: 1))]
  }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    site.variable("const").broadcast(
      to: Shape([operands[0].shape[0]] + shape), axes: Array(1...shape.count))
  }
}
