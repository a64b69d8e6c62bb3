import Syntax
import TensorIR

/// y[c] = max over j < pieces of x[c*pieces + j].
///
/// Goodfellow et al. 2013, Maxout Networks, arXiv:1302.4389.
package struct Maxout: LayerDefinition {
  private static let pieces = Key(
    "pieces", .integer(in: 1...Limits.kernel), default: 2,
    "Neighbouring channels of which the largest remains.")

  package static let declaration = LayerDeclaration(
    "maxout", "The largest of every few neighbouring channels.", keys: [pieces], bareKey: pieces)

  private let pieces: Int

  package init(_ values: KeyValues) { pieces = values[Self.pieces] }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let shape = try ShapeFault.channels(inputs[0], "maxout")
    guard shape[0].isMultiple(of: pieces) else {
      throw ShapeFault(
        "'maxout' needs a multiple of \(pieces) channels, but its operand is \(describe(shape: shape))"
      )
    }
    return [shape[0] / pieces] + shape.dropFirst()
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let rest = Array(x.shape.dimensions.dropFirst(2))
    let groups = x.reshape(Shape([x.shape[0], x.shape[1] / pieces, pieces] + rest))
    return groups.max([2])
  }
}
