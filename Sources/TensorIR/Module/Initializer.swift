/// How a variable starts.
public indirect enum Initializer: Hashable, Sendable {
  case constant(Double)
  /// Uniform on ±bound, drawn from a random stream named after the variable.
  case uniform(bound: Double)
  case normal(deviation: Double)
  /// What `SingularVector.firstIterations` power iterations on the first weight make of a random vector.
  case singularVector(SingularVector)
  /// As the variable of this name, which has this initializer.
  case copy(of: String, Initializer)
}

extension Initializer {
  /// The initializer of a variable that a layer declares, where the layer's name is `path`.
  package func placed(in path: String) -> Initializer {
    guard case .singularVector(var vector) = self else { return self }
    vector.weight = path + "." + vector.weight
    vector.drawnAs = path + "." + vector.drawnAs
    return .singularVector(vector)
  }
}
