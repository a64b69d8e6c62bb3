import Diagnostics
import Functions
import Syntax

extension ExpressionChecker {
  /// `uniform(over=sample)`, `uniform(like=v, low=-1, high=1)`.
  mutating func uniform(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let drawn = drawn(call, syntax), let low = number(call, "low", default: 0),
      let high = number(call, "high", default: 1)
    else { return nil }
    guard low < high, (high - low).isFinite else {
      return fail(
        "low, \(low.shortDescription), must be below high, \(high.shortDescription)",
        at: (call.labels["low"] ?? call.labels["high"] ?? syntax).range)
    }
    return make(.uniform(low: low, high: high), drawn, syntax)
  }

  /// `normal(over=sample)`, `normal(like=v, mean=0, deviation=0.1)`.
  mutating func normal(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let drawn = drawn(call, syntax), let mean = number(call, "mean", default: 0),
      let deviation = number(call, "deviation", default: 1)
    else { return nil }
    guard deviation > 0 else {
      return fail(
        "the deviation must be above 0, found \(deviation.shortDescription)",
        at: (call.labels["deviation"] ?? syntax).range)
    }
    return make(.normal(mean: mean, deviation: deviation), drawn, syntax)
  }

  /// What a draw is shaped as, and how many samples of the streams one of its samples stands beside.
  private typealias Drawn = (type: ValueType, pack: Int)

  private mutating func make(
    _ distribution: Distribution, _ drawn: Drawn, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    var value = make(.draw(distribution, name: drawNames.next()), drawn.type, syntax)
    value?.expression.samplesInPack = drawn.pack
    return value
  }

  /// One number per sample, one for the whole batch, or the type of the value after `like=`.
  private mutating func drawn(_ call: BoundCall, _ syntax: ExpressionSyntax) -> Drawn? {
    let name = call.builtIn.name
    switch (call.labels["over"], call.labels["like"]) {
    case (nil, let like?):
      guard let value = check(like) else { return nil }
      if value.type.shape?.hasBatch ?? false {
        return (value.type, value.expression.samplesInPack)
      }
      fail(
        "'like' expects one value per sample, found \(value.type)", at: like.anchor,
        hint: "write \(name)(over=sample) for one number per sample")
    case (let over?, nil):
      if over.form == .name("sample") { return (.perSample([]), 1) }
      if over.form == .name("batch") { return (.scalar, 1) }
      fail(
        "'over' of a draw expects sample or batch", at: over.range,
        hint: "write \(name)(like=v) for the shape of v")
    case (let over?, _?):
      fail("'over' and 'like' exclude each other", at: over.range, hint: call.builtIn.signature)
    case (nil, nil):
      fail(
        "'\(name)' needs a shape", at: syntax.anchor,
        hint: "write \(name)(over=sample) or \(name)(like=v)")
    }
    return nil
  }

  /// An argument whose value is known before the run.
  mutating func number(_ call: BoundCall, _ label: String, default: Double) -> Double? {
    guard let syntax = call.labels[label] else { return `default` }
    guard let value = check(syntax) else { return nil }
    if let number = value.constant { return number }
    fail("'\(label)' expects a number, found \(value.constancy)", at: syntax.anchor)
    return nil
  }

  /// `fresh(stream)`.
  mutating func fresh(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let value = check(call.positional[0]) else { return nil }
    guard case .stream(let name) = value.expression.term else {
      let streams = environment.streams.keys.sorted().joined(separator: ", ")
      return fail(
        "'fresh' expects a stream, found \(value.type)", at: call.positional[0].range,
        hint: streams.isEmpty ? nil : "streams here: \(streams)")
    }
    let index = freshStreams[name, default: 0] + 1
    freshStreams[name] = index
    // Named after who asks, so that no two penalties share a batch and none shifts another's.
    let scope = environment.scope.isEmpty ? "fresh" : environment.scope
    let batch = index == 1 ? scope : "\(scope)#\(index)"
    return make(.freshStream(name, batch: batch), value.type, syntax)
  }
}
