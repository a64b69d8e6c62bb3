import Diagnostics
import Functions
import Syntax

extension ExpressionEnvironment {
  /// The number of rounds done, where nothing of the spec has this name.
  static let round = "round"
}

extension ExpressionChecker {
  /// The round, one of `scalars` or of `state`; nil for another name.
  mutating func gameNumber(_ name: String, _ syntax: ExpressionSyntax) -> CheckedValue? {
    if let shape = environment.state[name] {
      let type = shape.isEmpty ? .scalar : ValueType(ValueShape(hasBatch: false, shape))
      return make(.state(name), type, syntax)
    }
    return environment.stepNumbers[name].flatMap { make(.stepNumber($0), .scalar, syntax) }
  }

  /// `ema(v, decay)`, a number that the player remembers between its steps.
  mutating func runningAverage(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    let (value, decay) = (check(call.positional[0]), check(call.positional[1]))
    guard let value, let decay else { return nil }
    guard value.type == .scalar else {
      return fail(
        "'ema' averages a number, found \(value.type)", at: call.positional[0].anchor,
        hint: "take mean(...)")
    }
    guard let rate = decay.constant else {
      return fail(
        "'decay' expects a number, found \(decay.constancy)", at: call.positional[1].anchor)
    }
    guard (0..<1).contains(rate) else {
      return fail(
        "'decay' expects a number from 0 to below 1, found \(rate.shortDescription)",
        at: call.positional[1].range, hint: "0.99 remembers about 100 steps")
    }
    return make(
      .ema(value.expression, decay: rate, name: stateNames.next()), .scalar, syntax, [value],
      cutsDerivative: true)
  }

  /// `only_weights(w)`.
  mutating func onlyWeights(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let value = check(call.positional[0]) else { return nil }
    guard case .parameters = value.type else {
      return fail(
        "'only_weights' expects values shaped as params(...), found \(value.type)",
        at: call.positional[0].anchor)
    }
    return make(.onlyWeights(value.expression), value.type, syntax, [value])
  }

  /// `orthogonality(params(D))`.
  mutating func orthogonality(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let value = check(call.positional[0]), let diagonal = flag(call, "diagonal") else {
      return nil
    }
    guard case .parameters = value.type else {
      return fail(
        "'orthogonality' expects params(...), found \(value.type)", at: call.positional[0].anchor)
    }
    return make(
      .orthogonality(value.expression, diagonal: diagonal), .scalar, syntax, [value])
  }
}
