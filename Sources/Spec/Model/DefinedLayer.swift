import Layers

/// A layer that YAML defines, for operands of known shapes.
package struct DefinedLayer: Sendable {
  /// The name of the number of samples in the batch, in its expressions.
  package static let batch = "batch"

  /// What a training step makes of a buffer.
  package struct Move: Sendable {
    package var buffer: String
    package var value: TypedExpression
  }

  /// The word that a layer list has for it.
  package var type: String
  /// Names of its operands in its expressions, in order.
  package var inputs: [String]
  /// What it owns; in its expressions `weight` or `affine.weight`.
  package var variables: [VariableDeclaration]
  /// Values that expressions name, each behind those that it names.
  package var bindings: [LetBinding]
  /// Its value in training steps, and elsewhere.
  package var training: TypedExpression
  package var evaluation: TypedExpression
  package var moves: [Move]
  /// Shape of one sample of its value.
  package var outputShape: [Int]
  /// `true` iff the value of one sample depends on others of its batch.
  package var mixesSamples: Bool
}
