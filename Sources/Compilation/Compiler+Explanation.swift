import Console
import Modules
import Passes
import Spec
import TensorIR

extension Compiler {
  /// What the passes make of each step, and why; `player` narrows it to that player's steps.
  ///
  /// - Throws: a failure where a pass breaks a graph, a bug of the compiler.
  public func explanation(
    of experiment: CompiledExperiment, player: String?
  ) throws(Failure) -> String {
    var texts = player == nil ? experiment.joiningText.map { [$0 + "\n"] } ?? [] : []
    for compiled in experiment.functions where compiled.function.isStep {
      guard player == nil || compiled.owner == player else { continue }
      let function = compiled.function
      do throws(PassFailure) {
        let explanation = try Explanation(
          function.graph, title: compiled.title, samples: function.samples,
          networks: experiment.module.networks, pipeline: pipeline)
        texts.append(explanation.text)
      } catch {
        throw error.failure
      }
    }
    return texts.joined(separator: "\n")
  }
}

extension Function {
  fileprivate var isStep: Bool {
    switch kind {
    case .step, .lookahead, .round: true
    case .commit, .sample, .otherSample, .statistics, .metric, .measure: false
    }
  }

  /// Names of the inputs that are batches.
  fileprivate var samples: Set<String> {
    Set(zip(graph.inputNames, inputs).filter { $1.sampleName != nil }.map(\.0))
  }
}
