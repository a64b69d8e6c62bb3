import Diagnostics
import TensorIR

/// Who draws samples for pictures and what measures them.
package let sampleOwner = "sample"

/// Who draws the samples of all metrics.
package let metricOwner = "metrics"

/// One graph with the meaning of its inputs and results.
public struct Function: Sendable {
  /// When a function runs.
  public enum Kind: Hashable, Sendable {
    /// One optimizer step of a player in which the named penalties are due.
    case step(player: String, due: [String])
    /// One step of every player, in which the named penalties are due.
    case round(due: [String])
    /// The first half of a step with `update: extragradient`: writes where the parameters would go.
    case lookahead(player: String, due: [String])
    /// The end of a round with `update: simultaneous`: all that players moved takes its new value.
    case commit
    /// A network in evaluation mode, for pictures.
    case sample(network: String)
    /// The same of the other weights, for metrics that ask for them: current ones where samples use averages, or averages.
    case otherSample(network: String)
    /// The statistics of one batch of samples.
    case statistics
    /// The number that a metric of the spec's own is of one batch.
    case metric(name: String)
    /// What a measure of the game reads.
    case measure(GameFunction)
  }

  /// When it runs.
  public var kind: Kind
  /// What it computes; inputs and results that are samples have the batch as their first axis.
  public var graph: Graph
  /// One per graph input.
  public var ports: [Port]
  /// One per graph result.
  public var outcomes: [Outcome]
  /// What is wrong with the spec, as this graph shows; none where the function may run.
  public var faults: [Diagnostic]

  package init(
    kind: Kind, graph: Graph, ports: [Port], outcomes: [Outcome], faults: [Diagnostic]
  ) {
    self.kind = kind
    self.graph = graph
    self.ports = ports
    self.outcomes = outcomes
    self.faults = faults
  }

  /// Who writes each graph input.
  public var inputs: [InputSource] { ports.map(\.source) }

  /// Where each graph result goes.
  public var results: [ResultTarget] { outcomes.map(\.target) }
}

/// A graph input: who writes it, and for whom.
public struct Port: Hashable, Sendable {
  /// Who writes it.
  public var source: InputSource
  /// The player whose step reads it, or `sample` or `metrics`; nil for variables, and for batches that all players of a
  /// round share.
  public var owner: String?

  package init(_ source: InputSource, owner: String?) {
    self.source = source
    self.owner = owner
  }
}

/// A graph result: where it goes, and from whose step.
public struct Outcome: Hashable, Sendable {
  /// Where it goes.
  public var target: ResultTarget
  /// The player whose step it comes from; nil outside of steps.
  public var owner: String?

  package init(_ target: ResultTarget, owner: String?) {
    self.target = target
    self.owner = owner
  }
}

/// Where a result goes.
public enum ResultTarget: Hashable, Sendable {
  /// The next value of a variable.
  case variable(String)
  /// A number for the log: `loss`, a penalty's name, `<penalty>.weight`.
  case scalar(String)
  /// The total gradient of a parameter; only where the module was lowered for recording.
  case gradient(parameter: String)
  /// An auto-weighted penalty's own gradient, likewise.
  case penaltyGradient(penalty: String, parameter: String)
  /// Samples.
  case value
}
