import Console
import Diagnostics
import Modules
import Passes
import TensorIR

extension Compiler {
  /// Every function as one of `ranks` runs it on its samples; `player` narrows them to that player's steps.
  ///
  /// - Throws: a failure where samples do not divide by the ranks, or where a pass breaks a graph.
  public func rankedFunctions(
    of experiment: CompiledExperiment, player: String?, ranks: Int
  ) throws(Failure) -> [PortableFunction] {
    var functions = try portableFunctions(of: experiment, player: player)
    for index in functions.indices {
      do throws(Unpartitionable) {
        functions[index].graph = try Partition.partition(
          functions[index].graph, ranks: ranks, samples: functions[index].function.sampleInputs)
      } catch {
        throw Failure(.faultyInput, DiagnosticBag([error.diagnostic(of: functions[index].title)]))
      }
    }
    return functions
  }
}

extension Compiler {
  /// Throws where samples do not divide by the ranks, or into pieces.
  func requireDivision(of module: Module) throws(Diagnostic) {
    try requireOneDivision()
    for function in module.functions {
      do throws(Unpartitionable) {
        try Partition.requireDivision(
          of: function.graph, ranks: parts(of: function), samples: function.sampleInputs)
      } catch {
        guard ranks == 1 || microbatch > 0 else { throw error.diagnostic(of: function.title) }
        throw pieceDiagnostic(error, of: function, in: module)
      }
    }
  }

  /// Throws where a variable's next value would differ from rank to rank: a bug of the pass that dealt the samples.
  func requireReplicas(_ graph: Graph, samples: Set<Int>) throws(PassFailure) {
    guard let result = graph.resultsThatDiffer(samples: samples).first else { return }
    throw PassFailure(
      pass: Pass.partitionName, graph: graph.name,
      cause: "'\(graph.resultNames[result])' differs from rank to rank")
  }
}

extension Unpartitionable {
  func diagnostic(of function: String, among parts: String = "ranks") -> Diagnostic {
    let numbers = divisors.map(String.init).joined(separator: ", ")
    return Diagnostic(
      .error,
      "the batch of \(count) samples of '\(input)', in \(function), does not divide by \(ranks) \(parts)",
      hint: numbers.isEmpty ? "give it a larger batch" : "\(count) samples divide by \(numbers)")
  }
}
