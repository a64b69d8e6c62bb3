import Syntax
import TensorIR

/// A type of layer: its declaration, its shapes, its variables, and the graph that it is.
///
/// Nothing has a default: what a new layer forgets does not compile. Shapes are those of one sample, without the batch.
package protocol LayerDefinition: Sendable {
  /// What the layer is called, which keys it has, what documentation says of it.
  static var declaration: LayerDeclaration { get }

  /// The layer with these keys, which have been checked; `values` has them all.
  init(_ values: KeyValues)

  /// The shape of the result for operands of these shapes.
  ///
  /// - Throws: why the layer cannot take them.
  func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int]

  /// What the layer owns, in PyTorch's names, layouts and order, for operands that `outputShape` accepts.
  func variables(_ inputs: [[Int]]) -> [VariableDeclaration]

  /// Writes the layer into a graph; operands have the batch as their first axis.
  func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor
}

extension LayerDefinition {
  /// The word that a layer list has for the type.
  package static var name: String { declaration.name }
}

/// Why a layer cannot take its operands.
package struct ShapeFault: Error {
  package var message: String
  package var hint: String?
  /// The operand at fault.
  package var operand: Int

  package init(_ message: String, hint: String? = nil, operand: Int = 0) {
    self.message = message
    self.hint = hint
    self.operand = operand
  }
}

extension ShapeFault {
  /// The shape of an image, `[channels, height, width]`.
  ///
  /// - Throws: for any other shape.
  static func image(_ shape: [Int], _ layer: String) throws(ShapeFault) -> [Int] {
    guard shape.count == 3 else {
      throw ShapeFault(
        "'\(layer)' needs [channels, height, width], but its operand is \(describe(shape: shape))",
        hint: "put 'reshape' before it")
    }
    return shape
  }

  /// A shape of features or of an image, whose first axis are the channels.
  static func channels(_ shape: [Int], _ layer: String) throws(ShapeFault) -> [Int] {
    guard shape.count == 1 || shape.count == 3 else {
      throw ShapeFault(
        "'\(layer)' needs [features] or [channels, height, width], but its operand is \(describe(shape: shape))"
      )
    }
    return shape
  }

  /// The shape of operands that have one in common.
  static func equal(_ shapes: [[Int]], _ layer: String) throws(ShapeFault) -> [Int] {
    for (index, shape) in shapes.enumerated() where shape != shapes[0] {
      throw ShapeFault(
        "'\(layer)' needs operands of one shape, but they are \(describe(shape: shapes[0])) and \(describe(shape: shape))",
        operand: index)
    }
    return shapes[0]
  }
}
