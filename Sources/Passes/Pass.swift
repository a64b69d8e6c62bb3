import TensorIR

/// A named step from a graph to an equivalent one.
///
/// Passes are values without state: the same graph gives the same result. None reports whether it
/// changed anything; the pipeline compares, so none can lie.
public struct Pass: Sendable {
  /// What dumps, statistics and `--disable-pass` call it.
  public let name: String
  public let run: @Sendable (Graph) -> Graph
  /// Whether the pass leaves its own result as it is, so that it need not run twice in a row.
  public let isIdempotent: Bool

  /// Makes a pass of a function that keeps the meaning of its argument.
  public init(
    _ name: String, isIdempotent: Bool = false, _ run: @escaping @Sendable (Graph) -> Graph
  ) {
    self.name = name
    self.run = run
    self.isIdempotent = isIdempotent
  }
}
