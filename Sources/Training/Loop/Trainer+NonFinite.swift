import Compilation
import Diagnostics
import Execution
import Modules
import Planning

/// Why a round ends before its end: a value that is not finite, or a sample that cannot be read.
public struct NonFiniteScalar: Error, Sendable {
  /// The step that was under way.
  public var step: StepRun
  /// A loss, a penalty, or a variable that the step wrote.
  public var name: String
  /// The value: infinite, or NaN.
  public var value: Double
  /// `true` iff the losses were finite, and what the step made of them is not.
  public var isVariable = false
  /// `true` iff it is a value of the game's state, which no optimizer moves.
  public var isState = false
  /// What is wrong with a sample; the step was then not taken.
  public var fault: Diagnostic?
}

extension Trainer {
  /// Variables whose values show that a step went wrong, by function: what players move, and what moves with it.
  ///
  /// Optimizer state and averages of parameters are not looked at: they leave the numbers with the parameters, and are
  /// two thirds of the memory.
  static func watched(in compiled: CompiledExperiment) -> [[(player: String, variable: Int)]] {
    let roles = Dictionary(
      uniqueKeysWithValues: compiled.module.variables.map { ($0.name, $0.role) })
    return compiled.functions.map(\.function).map { function in
      function.outcomes.compactMap { outcome in
        guard case .variable(let name) = outcome.target, let owner = outcome.owner,
          let index = compiled.variable(name)
        else { return nil }
        switch roles[name] {
        case .optimizer, .parameterAverage, nil: return nil
        case .parameter, .buffer, .average, .shadow: return (owner, index)
        }
      }
    }
  }

  /// Throws where a step has written a value that is not finite: its own NaN, not one that the next step reads.
  ///
  /// Where variables are on a device, the next step's loss shows it, or the next checkpoint.
  func requireFinite(_ step: StepRun) throws(NonFiniteScalar) {
    guard engine.showsVariables else { return }
    for (player, variable) in watched[step.function] where player == step.player.name {
      guard let value = engine.withState(variable, \.firstNonFinite) else { continue }
      let name = compiled.layout.names[variable]
      throw NonFiniteScalar(
        step: step, name: name, value: value, isVariable: true, isState: Self.isState(name))
    }
  }

  /// Whether a variable of this name is a value of the game's state.
  static func isState(_ name: String) -> Bool { name.hasPrefix("state/") }

  /// Throws where a variable that steps are watched for has a value that is not finite.
  func requireFiniteState() throws(Diagnostic) {
    for variable in Set(watched.joined().map { $0.variable }).sorted() {
      guard let value = engine.withState(variable, \.firstNonFinite) else { continue }
      let name = compiled.layout.names[variable]
      throw Diagnostic(
        .error,
        "'\(name)' is \(NonFiniteScalar.text(value)) after round "
          + "\(round), whose state is not saved",
        hint: Self.isState(name) ? NonFiniteScalar.hintOfRules : NonFiniteScalar.hintOfSteps)
    }
  }
}

extension StateValues {
  /// The first value that is not finite, or nil.
  var firstNonFinite: Double? {
    switch self {
    case .float32(let values):
      // Adding one to an exponent of ones carries into the sign, which needs no branch to collect.
      var carries: UInt32 = 0
      for value in values { carries |= (value.bitPattern & 0x7f80_0000) &+ 0x0080_0000 }
      guard carries >> 31 != 0 else { return nil }
      return values.first { !$0.isFinite }.map { Double($0) }
    case .float64(let values): return values.first { !$0.isFinite }
    }
  }
}
