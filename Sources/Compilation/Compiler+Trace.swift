import Console
import Modules
import Passes

extension Compiler {
  /// What each run of a pass changes of a function; nothing where the engine runs what lowering wrote.
  ///
  /// - Throws: a failure where a pass breaks the graph, a bug of the compiler.
  public func trace(of function: CompiledFunction) throws(Failure) -> PassTrace {
    let graph = function.function.graph
    var trace = PassTrace(graph)
    guard optimizes else { return trace }
    var pipeline = Pipeline.standard
    pipeline.disabled = disabledPasses
    do throws(PassFailure) {
      _ = try pipeline.run(graph) { trace.add($0) }
    } catch {
      throw error.failure
    }
    return trace
  }
}
