import Console
import Modules
import Passes

extension Compiler {
  /// The passes that a graph goes through as a whole.
  var pipeline: Pipeline {
    var pipeline = Pipeline.standard
    pipeline.disabled = disabledPasses
    return pipeline
  }

  /// The passes that a function goes through, of which one of several ranks, or one piece of a batch, has its part.
  func pipeline(of function: Function, parts: Int) -> Pipeline {
    guard parts > 1 else { return pipeline }
    let samples = function.sampleInputs
    var pipeline =
      optimizes
      ? Pipeline.standard(ranks: parts, samples: samples)
      : Pipeline.plain(ranks: parts, samples: samples)
    pipeline.disabled = disabledPasses
    return pipeline
  }

  /// What each run of a pass changes of a function; nothing where the engine runs what lowering wrote.
  ///
  /// - Throws: a failure where a pass breaks the graph, a bug of the compiler.
  public func trace(of compiled: CompiledFunction) throws(Failure) -> PassTrace {
    let function = compiled.function
    var trace = PassTrace(function.graph)
    guard optimizes else { return trace }
    do throws(PassFailure) {
      _ = try pipeline(of: function, parts: parts(of: function)).run(function.graph) {
        trace.add($0)
      }
    } catch {
      throw error.failure
    }
    return trace
  }
}
