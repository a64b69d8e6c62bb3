import Diagnostics
import Syntax

extension ExpressionChecker {
  /// A scalar function of each element.
  mutating func apply(
    _ function: UnaryFunction, to value: CheckedValue, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    if let number = value.constant {
      if function == .log, number <= 0 {
        let sign = number == 0 ? "zero" : "a negative number"
        return fail("the logarithm of \(sign) does not exist", at: syntax.anchor)
      }
      if function == .sqrt, number < 0 {
        return fail("the square root of a negative number does not exist", at: syntax.anchor)
      }
      if function == .rsqrt, number <= 0 {
        return fail("1/sqrt of a number that is not positive does not exist", at: syntax.anchor)
      }
      return constant(function.evaluate(number), syntax)
    }
    return make(
      .unary(function, value.expression), value.type, syntax, [value],
      cutsDerivative: !function.isDifferentiable)
  }

  /// A function of the elements of two values that align.
  mutating func combine(
    _ function: BinaryFunction, _ a: CheckedValue, _ b: CheckedValue, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    if function == .divide, b.constant == 0 { return fail("division by zero", at: syntax.anchor) }
    if let x = a.constant, let y = b.constant {
      let value = function.evaluate(x, y)
      if function == .power, value.isNaN {
        return fail(
          "a negative number has no power \(y.shortDescription)", at: syntax.anchor)
      }
      return constant(value, syntax)
    }
    if function == .power { return power(a, b, syntax) }
    guard let type = align(a, b, syntax) else { return nil }
    return make(
      .binary(function, a.expression, b.expression), type, syntax, [a, b],
      cutsDerivative: !function.isDifferentiable)
  }

  /// A power, whose exponent is known before the run: its derivative then needs no logarithm of the base.
  private mutating func power(
    _ base: CheckedValue, _ exponent: CheckedValue, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    guard let number = exponent.constant else {
      return fail(
        "expected a number as exponent, found \(exponent.constancy)", at: syntax.anchor,
        hint: "write exp(b*log(a)) for a^b")
    }
    switch number {
    case 0: return fail("the exponent is 0, so the value is always 1", at: syntax.anchor)
    case 1: return base
    case 2: return apply(.square, to: base, syntax)
    default:
      return make(
        .binary(.power, base.expression, exponent.expression), base.type, syntax,
        [base, exponent])
    }
  }

  /// The type of an elementwise function of both; an error shows both shapes.
  mutating func align(
    _ a: CheckedValue, _ b: CheckedValue, _ syntax: ExpressionSyntax
  ) -> ValueType? {
    if let type = ValueType.aligned(a.type, b.type) { return type }
    let place = name(of: syntax)
    if case .perSample(let left) = a.type, case .perSample(let right) = b.type {
      fail(
        "shapes \(left) and \(right) do not align in '\(place)': no implicit broadcasting",
        at: syntax.anchor,
        hint: "reduce one of them to one number per sample, for example mean(v, over=sample)")
    } else {
      fail(
        "'\(place)' cannot join \(a.type) with \(b.type)", at: syntax.anchor,
        hint: "reduce one of them to a number")
    }
    return nil
  }

  private func name(of syntax: ExpressionSyntax) -> String {
    switch syntax.form {
    case .binary(let op, _, _): op.rawValue
    case .call(let name, _): name
    case .name(let name): name
    case .negate: "-"
    case .number(let value): value.shortDescription
    case .member(_, let name): name
    case .list: "a list"
    }
  }

  /// `where(condition, a, b)`.
  ///
  /// Where the condition is known before the run, the other branch may be wrong: `where(rank(v) == 3, flip(v), v)`.
  mutating func select(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let condition = check(call.positional[0]) else { return nil }
    if let known = condition.constant { return check(call.positional[known != 0 ? 1 : 2]) }
    let (a, b) = (check(call.positional[1]), check(call.positional[2]))
    guard let a, let b, let branches = align(a, b, syntax) else { return nil }
    guard let type = ValueType.aligned(condition.type, branches) else {
      return fail(
        "the condition is \(condition.type), the branches are \(branches)",
        at: call.positional[0].anchor,
        hint: "the condition must align with the values that it chooses")
    }
    let term = Term.select(condition.expression, a.expression, b.expression)
    guard var value = make(term, type, syntax, [condition, a, b]) else { return nil }
    // The choice is constant almost everywhere, so no derivative passes through it.
    value.sources = a.sources.union(b.sources)
    value.expression.networks = a.expression.networks.union(b.expression.networks)
    return value
  }

  /// `clamp(v, low, high)`, which is `max(min(v, high), low)`.
  mutating func clamp(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    let operands = call.positional.map { check($0) }
    guard let value = operands[0], let low = operands[1], let high = operands[2] else {
      return nil
    }
    if let least = low.constant, let most = high.constant, least > most {
      return fail(
        "low is \(least.shortDescription), above high, \(most.shortDescription)",
        at: call.positional[1].range)
    }
    return combine(.min, value, high, syntax).flatMap { combine(.max, $0, low, syntax) }
  }
}

extension CheckedValue {
  /// What an error calls a value where a constant is wanted.
  var constancy: String {
    type == .scalar ? "a number that is known only during the run" : type.description
  }
}
