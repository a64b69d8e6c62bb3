import Syntax
import TensorIR

/// One sample in another shape of as many elements.
package struct ReshapeLayer: LayerDefinition {
  private static let shape = Key.required(
    "shape", .shape, example: "shape: [1, 28, 28]", "Shape of one sample, of as many elements."
  ).known(as: "size", "dim")

  package static let declaration = LayerDeclaration(
    "reshape", synonyms: ["view", "unflatten"], "One sample in another shape.", keys: [shape],
    bareKey: shape,
    knownShape: { $0[shape] })

  private let shape: [Int]

  package init(_ values: KeyValues) { shape = values[Self.shape] }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let (from, to) = (Limits.product(inputs[0]) ?? 0, Limits.product(shape) ?? 0)
    guard from == to else {
      throw ShapeFault(
        "'reshape' to \(describe(shape: shape)) needs \(to) elements, but its operand \(describe(shape: inputs[0])) has \(from)"
      )
    }
    return shape
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    operands[0].reshape(Shape([operands[0].shape[0]] + shape))
  }
}
