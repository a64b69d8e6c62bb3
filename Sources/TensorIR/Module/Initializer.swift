/// How a variable starts.
public indirect enum Initializer: Hashable, Sendable {
  case constant(Double)
  /// Uniform on ±bound, drawn from a random stream named after the variable.
  case uniform(bound: Double)
  case normal(mean: Double = 0, deviation: Double)
  /// A random matrix of so many rows, the first axis of the variable, whose rows are orthogonal and have the norm
  /// `gain`, or its columns where those are fewer.
  case orthogonal(rows: Int, gain: Double)
  /// Norms of what another variable starts as.
  case norms(FirstNorms)
  /// What `SingularVector.firstIterations` power iterations on the first weight make of a random vector.
  case singularVector(SingularVector)
  /// As the variable of this name, which has this initializer.
  case copy(of: String, Initializer)
}

extension Initializer {
  /// The initializer of a variable that a layer declares, where the layer's name is `path`.
  package func placed(in path: String) -> Initializer {
    switch self {
    case .singularVector(var vector):
      vector.weight = path + "." + vector.weight
      vector.drawnAs = path + "." + vector.drawnAs
      return .singularVector(vector)
    case .norms(var norms):
      norms.variable = path + "." + norms.variable
      return .norms(norms)
    case .constant, .uniform, .normal, .orthogonal, .copy: return self
    }
  }
}

/// The Euclidean norms of a variable's first values, over all axes but one.
public struct FirstNorms: Hashable, Sendable {
  /// The variable, how it starts, and its shape.
  public var variable: String
  /// How that variable starts.
  public var initial: Initializer
  /// The shape of that variable.
  public var shape: [Int]
  /// The axis of which each place has a norm.
  public var axis: Int

  public init(of variable: String, _ initial: Initializer, _ shape: [Int], axis: Int) {
    self.variable = variable
    self.initial = initial
    self.shape = shape
    self.axis = axis
  }
}
