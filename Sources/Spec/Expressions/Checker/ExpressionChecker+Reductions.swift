import Diagnostics
import Functions
import Syntax

extension ExpressionChecker {
  /// `mean(v)`, `norm(v, over=sample)`, and `max(a, b)` element by element.
  mutating func reduce(
    _ reduction: Reduction, _ call: BoundCall, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    if call.positional.count == 2 { return extremum(reduction, call, syntax) }
    if let axes = call.labels["along"] { return reduce(reduction, along: axes, call, syntax) }
    let operand = check(call.positional[0])
    guard let axes = axes(call), let half = option(call, "half", 1...2), var operand else {
      return nil
    }
    if half != 0 {
      guard let part = self.half(half, of: operand, axes, call, syntax) else { return nil }
      operand = part
    }
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

  /// The samples of one half, for a reduction of all of them.
  private mutating func half(
    _ half: Int, of operand: CheckedValue, _ axes: Axes, _ call: BoundCall,
    _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    let label = call.labels["half"]?.range ?? syntax.anchor
    guard case .perSample = operand.type else {
      return fail(
        "'half' takes samples of one value per sample, found \(operand.type)", at: label)
    }
    guard axes == .all else {
      return fail("'half' and 'over' exclude each other", at: label)
    }
    return make(.half(operand.expression, half), operand.type, syntax, [operand])
  }

  private mutating func extremum(
    _ reduction: Reduction, _ call: BoundCall, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    if let (label, over) = ["over", "half", "along"].lazy.compactMap({ label in
      call.labels[label].map { (label, $0) }
    }).first {
      return fail(
        "'\(label)' is for \(reduction.rawValue) of one value", at: over.range,
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
  mutating func axes(_ call: BoundCall) -> Axes? {
    guard let over = call.labels["over"] else { return .all }
    var names = ["sample": Axes.sample, "channel": .channel]
    if [.reduction(.mean), .reduction(.sum)].contains(call.builtIn.kind) {
      names["distinct"] = .distinct
    }
    if case .name(let name) = over.form {
      if let axes = names[name] { return axes }
      fail(
        "'over' of '\(call.builtIn.name)' expects sample or channel, found '\(name)'",
        at: over.range,
        hint: suggestion(for: name, among: names.keys.sorted()) ?? call.builtIn.signature)
    } else {
      fail(
        "'over' of '\(call.builtIn.name)' expects sample or channel", at: over.range,
        hint: call.builtIn.signature)
    }
    return nil
  }

  private mutating func reducedType(
    _ type: ValueType, _ axes: Axes, _ call: BoundCall, at place: ExpressionSyntax
  ) -> ValueType? {
    let over = call.labels["over"]?.range ?? place.range
    switch (type, axes) {
    case (.perSample, .all), (.pairs, .all), (.pairs, .distinct): return .scalar
    case (.perSample, .sample), (.pairs, .sample): return .perSample([])
    case (.perSample(let shape), .channel):
      if let channels = shape.first { return .perSample([channels]) }
      fail(
        "'over=channel' expects values with a channel axis, found \(type)", at: over,
        hint: "leave it out")
    case (.pairs, .channel):
      fail("'over=channel' expects values with a channel axis, found \(type)", at: over)
    case (.perSample, .distinct):
      fail(
        "'over=distinct' expects one number per pair of samples, found \(type)", at: over,
        hint: "sqdist(a, b) gives pairs")
    case (.tensor, .all): return .scalar
    case (.tensor(let shape), _):
      fail(
        "'over' expects one value per sample, found \(type)", at: over,
        hint: shape.hasBatch ? "name the axes: along=[...]" : "it has no samples; leave out 'over'")
    case (.scalar, _), (.parameters, _):
      fail(
        "'\(call.builtIn.name)' expects one value per sample, found \(type)", at: place.anchor,
        hint: type == .scalar
          ? "a number needs no reduction; over=sample in the one inside leaves one per sample" : nil
      )
    }
    return nil
  }

  /// `sqdist(a, b)`, of values with equal shapes.
  mutating func squaredDistances(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    let (a, b) = (check(call.positional[0]), check(call.positional[1]))
    guard let a, let b else { return nil }
    for (value, place) in zip([a, b], call.positional) {
      guard case .perSample = value.type else {
        return fail(
          "'sqdist' expects one value per sample, found \(value.type)", at: place.anchor)
      }
    }
    guard a.type == b.type || (a.type.isOneNumberPerSample && b.type.isOneNumberPerSample) else {
      return fail(
        "'sqdist' expects equal shapes, found \(a.type) and \(b.type)", at: syntax.anchor)
    }
    return make(.squaredDistances(a.expression, b.expression), .pairs, syntax, [a, b])
  }

  /// `count(v)`, a constant of v's shape.
  mutating func count(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    let value = check(call.positional[0])
    guard let axes = axes(call), let value else { return nil }
    guard case .perSample(let shape) = value.type, axes != .channel || !shape.isEmpty else {
      return fail(
        "'count' expects one value per sample\(axes == .channel ? ", with channels" : ""), found"
          + " \(value.type)", at: call.positional[0].anchor)
    }
    let counted = axes == .channel ? shape.dropFirst() : shape[...]
    return constant(counted.reduce(1) { $0 * Double($1) }, syntax)
  }
}
