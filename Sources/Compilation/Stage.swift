import Diagnostics
import Execution
import Lowering
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

extension Program {
  /// One line per step: place of the result, the operation, places of the operands, and where in
  /// the spec it comes from.
  ///
  ///     arena[0+64] = matmul arena[64+128], state[0+8192]  // d0 D.0, gan.yaml:12
  func listing(of graph: Graph) -> String {
    var lines = ["program @\(name): arena \(arenaCount) elements, at most \(maxLiveCount) alive"]
    for (name, region) in zip(graph.inputNames, inputs) {
      lines.append("  input \(name): \(region.text)")
    }
    for step in steps {
      let operands = step.operands.map(\.text).joined(separator: ", ")
      let place = step.origin.span.map { ", \($0.shortPlace)" } ?? ""
      let scratch = step.scratch.count > 0 ? " scratch \(step.scratch.text)" : ""
      lines.append(
        "  \(step.result.text) = \(step.call.mnemonic) \(operands)\(scratch)"
          + "  // d\(step.origin.order) \(step.origin.layer)\(place)")
    }
    for (name, region) in zip(graph.resultNames, results) {
      lines.append("  result \(name): \(region.text)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Region {
  /// `arena[offset+count]`, in elements.
  fileprivate var text: String { "\(space)[\(offset)+\(count)]" }
}

extension KernelCall {
  fileprivate var mnemonic: String {
    switch self {
    case .input: "input"
    case .fill(let value): "fill \(value)"
    case .alias(let offset): "alias +\(offset) of"
    case .elementwise(let program):
      "elementwise {\(program.instructions.map { "\($0.opcode)" }.joined(separator: " "))}"
    case .matmul(let k):
      "matmul {\(k.batch == 1 ? "" : "\(k.batch) of ")\(k.m)x\(k.n)x\(k.k)"
        + "\(k.transposeA ? " ta" : "")\(k.transposeB ? " tb" : "")}"
    case .convolution(let k): "convolution {\(k.direction.rawValue) \(k.layout.rawValue)}"
    case .reduce(let k): "reduce {\(k.kind)}"
    case .sums(let k):
      "sums {\(k.program.instructions.map { "\($0.opcode)" }.joined(separator: " "))}"
    case .copy(let k): "copy {\(k.pieces.count) piece\(k.pieces.count == 1 ? "" : "s")}"
    }
  }
}
