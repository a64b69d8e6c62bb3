import Compilation
import Console
import Diagnostics
import Execution
import TensorIR

/// What a machine can do at most, measured by our own kernels on as many threads as a run takes.
enum MachineCeiling {
  /// Rows and columns of the product: two billion operations, large enough for the peak of every machine at hand.
  private static let side = 1024
  /// Elements of the vectors that are added: 48 MB in all, which no cache of one core holds.
  private static let length = 4 << 20

  /// Takes about a tenth of a second.
  ///
  /// - Throws: a failure where memory or threads are lacking.
  static func measure(_ options: EngineOptions) throws(Failure) -> MeasuredProfile.Ceiling {
    let builder = GraphBuilder()
    let product = builder.input("a", [side, side]).matmul(builder.input("b", [side, side]))
    let productGraph = builder.graph(name: "product", results: [("c", product)])
    let other = GraphBuilder()
    let sum = other.input("a", [length]) + other.input("b", [length])
    let sumGraph = other.graph(name: "sum", results: [("c", sum)])
    let operations = 2 * Double(side) * Double(side) * Double(side)
    return MeasuredProfile.Ceiling(
      gigaflops: operations / (try seconds(productGraph, options)) / 1e9,
      gigabytes: 12 * Double(length) / (try seconds(sumGraph, options)) / 1e9)
  }

  private static func seconds(_ graph: Graph, _ options: EngineOptions) throws(Failure) -> Double {
    let shortest = try Failure.of(.runTime) { () throws(Diagnostic) -> Duration in
      try graph.shortestRun(options) { $0.update(repeating: 1) }
    }
    return shortest.seconds
  }
}
