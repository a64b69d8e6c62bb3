import TensorIR

/// A tensor that a layer owns.
package struct VariableDeclaration: Sendable {
  package enum Role: Hashable, Sendable {
    /// A parameter of at least two axes that the layer multiplies by; weight transforms act on it.
    ///
    /// `outputs` is the axis of the layer's outputs, along which a matrix of it has its rows.
    case weight(outputs: Int)
    /// Any other tensor that an optimizer moves.
    case parameter
    /// Moved by the network itself: running statistics.
    case buffer
  }

  /// What stands behind the layer's path: `weight`, `running_mean`.
  package var suffix: String
  package var shape: [Int]
  package var role: Role
  package var initial: Initializer
  /// Groups into which the other axes of a weight fall, each of which makes outputs of its own: those of a transposed
  /// convolution, whose axis of outputs counts the outputs of one group.
  package var groups = 1

  package init(_ suffix: String, _ shape: [Int], _ role: Role, _ initial: Initializer) {
    self.suffix = suffix
    self.shape = shape
    self.role = role
    self.initial = initial
  }

  package static func parameter(
    _ suffix: String, _ shape: [Int], _ initial: Initializer
  ) -> VariableDeclaration {
    VariableDeclaration(suffix, shape, .parameter, initial)
  }

  package static func buffer(
    _ suffix: String, _ shape: [Int], _ initial: Initializer
  ) -> VariableDeclaration {
    VariableDeclaration(suffix, shape, .buffer, initial)
  }

  /// A weight and its bias with PyTorch's default initial values: uniform on ±1/√fan_in for both alike, the fan being
  /// all axes of the weight but its first.
  package static func weight(
    _ shape: [Int], outputs axis: Int = 0, groups: Int = 1, bias: Int?
  ) -> [VariableDeclaration] {
    // In Double, for the product of a faulty spec's sizes may overflow.
    let fanIn = shape.dropFirst().reduce(1) { $0 * Double($1) }
    let initial = Initializer.uniform(bound: 1 / fanIn.squareRoot())
    var weight = VariableDeclaration("weight", shape, .weight(outputs: axis), initial)
    weight.groups = groups
    return [weight] + (bias.map { [.parameter("bias", [$0], initial)] } ?? [])
  }

  /// `true` iff an optimizer moves it.
  package var isParameter: Bool { role != .buffer }

  /// The axis of outputs of a weight, nil for all else.
  package var outputAxis: Int? { if case .weight(let axis) = role { axis } else { nil } }
}
