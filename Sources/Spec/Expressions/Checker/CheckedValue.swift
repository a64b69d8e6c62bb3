/// A typed expression with what the checker knows of it besides.
struct CheckedValue {
  var expression: TypedExpression
  /// Streams and `let` values that `grad` may be taken with respect to: those that a differentiable path leads to.
  var sources: Set<GradientTarget>
  /// Terms in the tree, each use of a function's argument counted.
  var size: Int
  /// Levels of the tree.
  var depth: Int

  var type: ValueType { expression.type }

  /// The value, where it is known before the run.
  var constant: Double? {
    if case .number(let value) = expression.term { return value }
    return nil
  }
}
