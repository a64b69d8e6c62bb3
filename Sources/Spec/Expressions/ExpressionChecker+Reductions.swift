import Diagnostics

extension ExpressionChecker {
  /// `mean(v)`, `norm(v, over=sample)`, and `max(a, b)` element by element.
  mutating func reduce(
    _ reduction: Reduction, _ call: BoundCall, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    if call.positional.count == 2 { return extremum(reduction, call, syntax) }
    let operand = check(call.positional[0])
    guard let axes = axes(call), let operand else { return nil }
    if case .parameters = operand.type {
      guard [.norm, .sumsq, .sum].contains(reduction), axes == .all else {
        return fail(
          "'\(reduction.rawValue)' cannot reduce \(operand.type)"
            + (axes == .all ? "" : " over samples"), at: syntax.anchor,
          hint: "take norm(v), sumsq(v) or sum(v), which are over all tensors")
      }
      return make(.reduce(reduction, operand.expression, over: .all), .scalar, syntax, [operand])
    }
    guard let type = reducedType(operand.type, axes, call, at: call.positional[0]) else {
      return nil
    }
    return make(.reduce(reduction, operand.expression, over: axes), type, syntax, [operand])
  }

  private mutating func extremum(
    _ reduction: Reduction, _ call: BoundCall, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    if let over = call.labels["over"] {
      return fail(
        "'over' is for \(reduction.rawValue) of one value", at: over.range,
        hint: call.builtIn.signature)
    }
    let (a, b) = (check(call.positional[0]), check(call.positional[1]))
    guard let a, let b else { return nil }
    return combine(reduction == .min ? .min : .max, a, b, syntax)
  }

  /// `dot(a, b)`, over everything or per sample.
  mutating func dot(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    let (a, b) = (check(call.positional[0]), check(call.positional[1]))
    guard let axes = axes(call), let a, let b else { return nil }
    for (value, place) in zip([a, b], call.positional) where value.type == .scalar {
      return fail(
        "'dot' expects values with elements, found a number", at: place.range,
        hint: "write a*b for a product")
    }
    guard let joined = align(a, b, syntax) else { return nil }
    if case .parameters = joined {
      guard axes == .all else {
        return fail(
          "'dot' of \(joined) is over all tensors", at: call.labels["over"]?.range ?? syntax.anchor,
          hint: "leave out 'over'")
      }
      return make(.dot(a.expression, b.expression, over: .all), .scalar, syntax, [a, b])
    }
    guard let type = reducedType(joined, axes, call, at: call.positional[0]) else { return nil }
    return make(.dot(a.expression, b.expression, over: axes), type, syntax, [a, b])
  }

  /// The axes that `over=` names; everything where it is left out.
  private mutating func axes(_ call: BoundCall) -> Axes? {
    guard let over = call.labels["over"] else { return .all }
    let names = ["sample": Axes.sample, "channel": .channel]
    if case .name(let name) = over.form {
      if let axes = names[name] { return axes }
      fail(
        "'over' expects sample or channel, found '\(name)'", at: over.range,
        hint: suggestion(for: name, among: names.keys.sorted()) ?? "leave it out for everything")
    } else {
      fail(
        "'over' expects sample or channel", at: over.range, hint: "leave it out for everything")
    }
    return nil
  }

  private mutating func reducedType(
    _ type: ValueType, _ axes: Axes, _ call: BoundCall, at place: ExpressionSyntax
  ) -> ValueType? {
    guard case .perSample(let shape) = type else {
      fail(
        "'\(call.builtIn.name)' expects one value per sample, found \(type)", at: place.anchor,
        hint: type == .scalar ? "a number needs no reduction" : nil)
      return nil
    }
    switch axes {
    case .all: return .scalar
    case .sample: return .perSample([])
    case .channel:
      if let channels = shape.first { return .perSample([channels]) }
      fail(
        "'over=channel' expects values with a channel axis, found \(type)",
        at: call.labels["over"]?.range ?? place.range, hint: "leave it out")
      return nil
    }
  }
}
