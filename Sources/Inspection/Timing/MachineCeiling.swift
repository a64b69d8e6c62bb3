import Compilation
import Console
import Diagnostics
import Execution
import Planning
import TensorIR

/// What a machine can do at most, measured by our own kernels on as many threads as a run takes.
enum MachineCeiling {
  /// Rows and columns of the product: two billion operations, large enough for the peak of every machine at hand.
  private static let side = 1024
  /// Elements of the vectors that are added: 48 MB in all, which no cache of one core holds.
  private static let length = 4 << 20
  private static let repetitions = 7

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

  /// The shortest of some runs.
  private static func seconds(_ graph: Graph, _ options: EngineOptions) throws(Failure) -> Double {
    let layout = StateLayout([])
    let placement = Placement(
      inputs: graph.inputNames.map { _ in .arena }, results: graph.results.map { _ in .arena })
    let program = plan(
      graph: graph, placement: placement, state: layout,
      workspace: Compiler.Precision.float32.workspace(options))
    let executable = Executable(graph: graph, placement: placement, program: program)
    let engine: FastEngine
    do {
      engine = try FastEngine(layout: layout, executables: [executable], options: options)
    } catch let fault as Diagnostic {
      throw Failure(.runTime, DiagnosticBag([fault]))
    } catch {
      throw Failure(.runTime, DiagnosticBag([Diagnostic(.error, "cannot measure: \(error)")]))
    }
    var best = Double.infinity
    for _ in 0..<repetitions {
      for index in graph.inputNames.indices {
        engine.withInput(of: 0, index) { $0.update(repeating: 1) }
      }
      engine.run(0) { best = min(best, $0.duration.seconds) }
    }
    return best
  }
}
