import Diagnostics
import Execution
import Modules
import Passes
import Planning
import Spec
import TensorIR

/// A form of an experiment on its way from text to memory, as `advas-graph --stage` prints it.
public enum Stage: String, Hashable, Sendable, CaseIterable {
  /// The resolved spec.
  case spec
  /// What losses and penalties compute, before anything is differentiated for the player's own
  /// step.
  case forward
  /// The whole step, with all derivatives and the update.
  case gradient
  /// After the passes.
  case optimized
  /// In execution order, with a place in memory for every value.
  case planned
}

extension CompiledExperiment {
  /// The text of a stage, functions one below the other; `player` narrows it to that player's
  /// steps, or to `sample`.
  public func text(of stage: Stage, player: String?, spec: LoadedSpec) -> String {
    if stage == .spec { return spec.resolvedText }
    return functions(of: player).map { "// \($0.title)\n" + $0.text(of: stage) }
      .joined(separator: "\n")
  }

  /// The canonical text of a stage's graphs; empty for a stage that has none.
  public func canonicalText(of stage: Stage, player: String?) -> String {
    functions(of: player).compactMap { $0.canonicalText(of: stage) }.joined(separator: "\n")
  }

  /// A player's functions, those of `round` or of `sample`; all without a name.
  public func functions(of owner: String?) -> [CompiledFunction] {
    functions.filter { owner == nil || $0.owner == owner }
  }

  /// What `player` of `text(of:player:spec:)` may be.
  public var owners: [String] {
    var owners: [String] = []
    for function in functions where !owners.contains(function.owner) {
      owners.append(function.owner)
    }
    return owners
  }
}

extension CompiledFunction {
  /// The graph of a stage; nil for those that are none.
  package func graph(at stage: Stage) -> Graph? {
    switch stage {
    case .spec, .planned: nil
    case .forward: function.forward
    case .gradient: function.graph
    case .optimized: executable.graph
    }
  }

  fileprivate func text(of stage: Stage) -> String {
    graph(at: stage)?.listing ?? executable.program.listing(of: executable.graph)
  }

  /// The canonical text of a stage's graph, which `Graph(parsing:)` reads.
  fileprivate func canonicalText(of stage: Stage) -> String? { graph(at: stage)?.text }
}

extension Function {
  /// The graph of the values that players minimise, or of the samples.
  fileprivate var forward: Graph {
    var forward = graph
    let kept = results.indices.filter { index in
      switch results[index] {
      case .scalar(let name): !name.hasSuffix(".weight")
      case .value: true
      case .variable, .gradient, .penaltyGradient: false
      }
    }
    forward.results = kept.map { graph.results[$0] }
    forward.resultNames = kept.map { graph.resultNames[$0] }
    return Pass.eliminateDeadCode.run(forward)
  }
}
