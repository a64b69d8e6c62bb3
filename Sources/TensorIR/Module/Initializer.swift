/// How a variable starts.
public indirect enum Initializer: Hashable, Sendable {
  case constant(Double)
  /// Uniform on ±bound, drawn from a random stream named after the variable.
  case uniform(bound: Double)
  case normal(deviation: Double)
  /// A direction: normal values divided by their Euclidean norm.
  case unitNormal
  /// As the variable of this name, which has this initializer.
  case copy(of: String, Initializer)
}
