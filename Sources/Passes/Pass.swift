import TensorIR

/// A named step from a graph to an equivalent one.
///
/// Passes are values without state: the same graph gives the same result. None reports whether it
/// changed anything; the pipeline compares, so none can lie.
public struct Pass: Sendable {
  /// What dumps, statistics and `--disable-pass` call it.
  public let name: String
  private let body: @Sendable (Graph, Set<String>) -> Graph
  /// Whether the pass leaves its own result as it is, so that it need not run twice in a row.
  public let isIdempotent: Bool

  /// Makes a pass of a function that keeps the meaning of its argument.
  public init(
    _ name: String, isIdempotent: Bool = false, _ run: @escaping @Sendable (Graph) -> Graph
  ) {
    self.init(name, isIdempotent: isIdempotent) { graph, _ in run(graph) }
  }

  /// The same for one that has passes of its own, and is told which are known to leave the graph as it is.
  init(
    _ name: String, isIdempotent: Bool = false,
    _ body: @escaping @Sendable (_ graph: Graph, _ settled: Set<String>) -> Graph
  ) {
    self.name = name
    self.body = body
    self.isIdempotent = isIdempotent
  }

  /// What the pass makes of a graph that the passes named `settled` would leave as it is.
  public func run(_ graph: Graph, settled: Set<String> = []) -> Graph { body(graph, settled) }
}
