import Modules
import Spec
import TensorIR

/// What a step reads and writes when players do not simply move one after the other. (`train: {update: ...}`.)
enum StepPhase {
  /// Reads variables, writes variables.
  case plain
  /// Of a simultaneous round: what other players read is written beside it, for `commit`.
  case deferred
  /// Of extragradient: parameters only are written, to where the second half takes its gradient.
  case lookahead
  /// Of extragradient: the gradient is taken ahead, the update starts from the variables.
  case corrected

  /// The phases of every player's step, in order.
  static func all(of update: Training.Update) -> [StepPhase] {
    switch update {
    case .alternating: [.plain]
    case .simultaneous: [.deferred]
    case .extragradient: [.lookahead, .corrected]
    }
  }

  func kind(player: String, due: [String]) -> Function.Kind {
    switch self {
    case .plain, .deferred, .corrected: .step(player: player, due: due)
    case .lookahead: .lookahead(player: player, due: due)
    }
  }

  /// Where a result of an ordinary step goes in this phase; nil drops it.
  ///
  /// `shadowed` are the names of the variables that have a second value. What a look ahead computes is of interest to
  /// records only, for which `isRecorded`.
  func redirect(
    _ target: ResultTarget, _ shadowed: Set<String>, _ update: Training.Update, isRecorded: Bool
  ) -> ResultTarget? {
    guard self == .deferred || self == .lookahead else { return target }
    guard case .variable(let name) = target else {
      return self == .lookahead && !isRecorded ? nil : target
    }
    guard shadowed.contains(name) else { return self == .lookahead ? nil : target }
    return .variable(Variable.shadowName(name, update))
  }

  /// Variables that are read in place of others, by the name of those.
  func aliases(of experiment: Experiment) -> [String: String] {
    guard self == .corrected else { return [:] }
    let pairs = experiment.shadowed.map {
      ($0.name, Variable.shadowName($0.name, experiment.train.update))
    }
    return Dictionary(pairs) { first, _ in first }
  }
}

extension Experiment {
  /// Variables with a second value within a round: what any player trains, and in simultaneous rounds its buffers.
  var shadowed: [Variable] {
    guard train.update != .alternating else { return [] }
    let trained = Set(players.flatMap(\.trains))
    return networks.filter { trained.contains($0.name) }.flatMap(\.variables).filter { variable in
      if case .parameter = variable.role { return true }
      return train.update == .simultaneous
    }
  }

  /// Those second values; they start as the first ones, which a step that does not move them leaves in place.
  var shadows: [Variable] {
    shadowed.map { variable in
      Variable(
        name: Variable.shadowName(variable.name, train.update), shape: variable.shape,
        role: .shadow(of: variable.name), initial: .copy(of: variable.name, variable.initial))
    }
  }
}

extension Variable {
  /// `ahead/G.0.weight` of extragradient, `next/G.0.weight` of a simultaneous round.
  static func shadowName(_ name: String, _ update: Training.Update) -> String {
    (update == .extragradient ? "ahead/" : "next/") + name
  }
}

/// Writes the end of a simultaneous round: everything shadowed takes its new value.
func lowerCommit(of experiment: Experiment, options: LoweringOptions) -> Function {
  let builder = GraphBuilder(element: options.element)
  builder.origin = Origin(layer: "commit")
  var results: [(name: String, value: Tensor)] = []
  var ports: [Port] = []
  var outcomes: [Outcome] = []
  for (shadow, variable) in zip(experiment.shadows, experiment.shadowed) {
    results.append(("next " + variable.name, builder.input(shadow.name, shadow.shape)))
    ports.append(Port(.variable(shadow.name), owner: nil))
    outcomes.append(Outcome(.variable(variable.name), owner: nil))
  }
  return Function(
    kind: .commit, graph: builder.graph(name: "commit", results: results), ports: ports,
    outcomes: outcomes, faults: builder.faults)
}
