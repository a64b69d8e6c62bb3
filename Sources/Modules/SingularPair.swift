import TensorIR

/// The two vectors of one weight under spectral norm.
public struct SingularPair: Sendable {
  /// Of as many elements as the matrix has rows.
  public var u: Variable
  /// Of as many elements as the matrix has columns.
  public var v: Variable
  /// The name of the weight.
  public var weight: String
  /// The weight's axis of outputs.
  public var axis: Int
  /// The variable after which the random stream of the first v is named.
  public var drawnAs: String
  /// Power iterations of a step.
  public var iterations: Int
  /// The least norm that a vector is divided by.
  public var epsilon: Double
}

extension [Variable] {
  /// The pairs among these variables, by the name of their weight.
  public var singularPairs: [String: SingularPair] {
    var lefts: [String: Variable] = [:]
    var pairs: [String: SingularPair] = [:]
    // A weight's u stands before its v.
    for variable in self {
      guard case .singularVector(let vector) = variable.initial else { continue }
      if vector.side == .left { lefts[vector.weight] = variable }
      guard vector.side == .right, let u = lefts[vector.weight] else { continue }
      pairs[vector.weight] = SingularPair(
        u: u, v: variable, weight: vector.weight, axis: vector.axis, drawnAs: vector.drawnAs,
        iterations: vector.iterations, epsilon: vector.epsilon)
    }
    return pairs
  }
}
