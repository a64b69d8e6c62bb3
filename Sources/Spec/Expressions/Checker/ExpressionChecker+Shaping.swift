import Diagnostics
import Syntax

/// An axis of one sample, by the name that expressions have for it.
enum SampleAxisName: String, CaseIterable {
  case channel, height, width

  /// Its place in the shape of one sample; nil where samples have no such axis.
  func index(in shape: [Int]) -> Int? {
    switch self {
    case .channel: shape.isEmpty ? nil : 0
    case .height: shape.count == 3 ? 1 : nil
    case .width: shape.count == 3 ? 2 : nil
    }
  }
}

extension ExpressionChecker {
  /// A value whose samples have the axis that `axis=` names, with the place of that axis.
  private typealias Axial = (value: CheckedValue, shape: [Int], axis: Int)

  /// `flip(v, axis=width)`.
  mutating func flip(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let (value, shape, axis) = axial(call, default: .width) else { return nil }
    return make(
      .rearrange(value.expression, .reverse(axis: axis)), .perSample(shape), syntax, [value])
  }

  /// `slice(v, from, to, axis=channel)`.
  mutating func slice(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let (value, shape, axis) = axial(call, default: .channel),
      let from = whole(call, 1, in: 0...shape[axis] - 1, "'from'"),
      let to = whole(call, 2, in: from + 1...shape[axis], "'to'")
    else { return nil }
    var result = shape
    result[axis] = to - from
    return make(
      .rearrange(value.expression, .slice(axis: axis, from: from, to: to)), .perSample(result),
      syntax, [value])
  }

  /// `shift(v, by, axis=width, most=k)`.
  mutating func shift(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let (value, shape, axis) = axial(call, default: .width),
      let by = check(call.positional[1])
    else { return nil }
    let limit = shape[axis] - 1
    if by.constant != nil, call.labels["most"] == nil {
      guard let places = whole(call, 1, in: -limit...limit, "'by'") else { return nil }
      return make(
        .rearrange(value.expression, .shift(axis: axis, by: places)), .perSample(shape), syntax,
        [value])
    }
    guard by.type == .scalar || by.type.isOneNumberPerSample else {
      return fail(
        "'by' expects a number, or one number per sample, found \(by.type)",
        at: call.positional[1].anchor)
    }
    guard let bound = call.labels["most"] else {
      return fail(
        "'shift' needs 'most' where 'by' is known only during the run", at: syntax.anchor,
        hint: "write, for example, shift(v, uniform(over=sample, low=-4, high=5), most=4)")
    }
    guard let number = number(call, "most", default: 0),
      let most = wholeNumber(number, in: 1...max(1, limit), "'most'", at: bound)
    else { return nil }
    var result = make(
      .shift(value.expression, by: by.expression, axis: axis, most: most), .perSample(shape),
      syntax,
      [value, by])
    // The number of places is constant almost everywhere, so no derivative passes through it.
    result?.sources = value.sources
    result?.expression.networks = value.expression.networks
    return result
  }

  /// `concat(a, b, ...)`.
  mutating func concat(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    let operands = call.positional.map { check($0) }
    var channels = 0
    var rest: [Int]?
    for (operand, place) in zip(operands, call.positional) {
      guard let operand else { return nil }
      guard case .perSample(let shape) = operand.type, let own = shape.first else {
        return fail(
          "'concat' expects values with a channel axis, found \(operand.type)", at: place.anchor)
      }
      if let rest, rest != Array(shape.dropFirst()) {
        return fail(
          "'concat' puts channels side by side, so that all else must agree, found \(operand.type)"
            + " beside channels of shape \(rest)", at: place.anchor)
      }
      rest = Array(shape.dropFirst())
      channels += own
    }
    let shape = [channels] + (rest ?? [])
    guard Limits.product(shape) != nil else {
      return fail("one sample of this, \(shape), is too large", at: syntax.anchor)
    }
    let known = operands.compactMap { $0 }
    return make(.concatenate(known.map(\.expression)), .perSample(shape), syntax, known)
  }

  /// `roll(v, by)`.
  mutating func roll(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let value = check(call.positional[0]) else { return nil }
    guard case .perSample = value.type else {
      return fail(
        "'roll' expects one value per sample, found \(value.type)", at: call.positional[0].anchor)
    }
    guard let by = whole(call, 1, in: -Limits.size...Limits.size, "'by'") else { return nil }
    return make(.rearrange(value.expression, .roll(by: by)), value.type, syntax, [value])
  }

  /// `pack(v, n)`.
  mutating func pack(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let value = check(call.positional[0]) else { return nil }
    guard case .perSample(let shape) = value.type else {
      return fail(
        "'pack' expects one value per sample, found \(value.type)", at: call.positional[0].anchor)
    }
    guard let count = whole(call, 1, in: 2...65_536, "'n'") else { return nil }
    guard let size = Limits.product([count] + shape) else {
      return fail("one pack of this, of \(count) times \(shape), is too large", at: syntax.anchor)
    }
    var packs = make(
      .rearrange(value.expression, .pack(of: count)), .perSample([size]), syntax, [value])
    packs?.expression.samplesInPack = count * value.expression.samplesInPack
    return packs
  }

  /// `rank(v)`, a constant.
  mutating func rank(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard let value = check(call.positional[0]) else { return nil }
    guard case .perSample(let shape) = value.type else {
      return fail(
        "'rank' expects one value per sample, found \(value.type)", at: call.positional[0].anchor)
    }
    return constant(Double(shape.count), syntax)
  }

  // MARK: Arguments

  /// The first argument, and the axis that `axis=` names.
  private mutating func axial(_ call: BoundCall, default name: SampleAxisName) -> Axial? {
    let (function, place) = (call.builtIn.name, call.positional[0])
    guard let value = check(place) else { return nil }
    guard case .perSample(let shape) = value.type else {
      fail("'\(function)' expects one value per sample, found \(value.type)", at: place.anchor)
      return nil
    }
    var name = name
    if let label = call.labels["axis"] {
      let names = SampleAxisName.allCases.map(\.rawValue)
      guard case .name(let word) = label.form, let given = SampleAxisName(rawValue: word) else {
        let word = text.text(in: label.range)
        fail(
          "'axis' expects channel, height or width, found '\(word)'", at: label.range,
          hint: suggestion(for: word, among: names))
        return nil
      }
      name = given
    }
    guard let axis = name.index(in: shape) else {
      fail(
        "'\(function)' works along \(name.rawValue), found \(value.type)", at: place.anchor,
        hint: name == .channel || shape.isEmpty
          ? nil : "of values that are no images, axis=channel is the first axis of a sample")
      return nil
    }
    return (value, shape, axis)
  }

  /// A positional argument that is a whole number known before the run.
  private mutating func whole(
    _ call: BoundCall, _ index: Int, in range: ClosedRange<Int>, _ what: String
  ) -> Int? {
    let place = call.positional[index]
    guard let value = check(place) else { return nil }
    guard let number = value.constant else {
      fail("\(what) expects a number, found \(value.constancy)", at: place.anchor)
      return nil
    }
    return wholeNumber(number, in: range, what, at: place)
  }

  private mutating func wholeNumber(
    _ number: Double, in range: ClosedRange<Int>, _ what: String, at place: ExpressionSyntax
  ) -> Int? {
    if let whole = Int(exactly: number), range.contains(whole) { return whole }
    fail(
      "\(what) expects a whole number from \(range.lowerBound) to \(range.upperBound), found"
        + " \(number.shortDescription)", at: place.range)
    return nil
  }
}
