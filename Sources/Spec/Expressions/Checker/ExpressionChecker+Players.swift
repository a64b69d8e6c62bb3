import Diagnostics
import Syntax

extension ExpressionChecker {
  /// `params(D)`, `params(G, E)`, `params(discriminator, only=weight)`.
  mutating func params(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    var networks: Set<String> = []
    for argument in call.positional {
      guard let found = self.networks(argument) else { return nil }
      networks.formUnion(found)
    }
    let list = networks.sorted()
    var value = make(.parameters(list), .parameters(list), syntax)
    value?.expression.networks = networks
    guard let only = call.labels["only"] else { return value }
    guard only.form == .name("weight") else {
      return fail(
        "'only' of params expects weight", at: only.range,
        hint: "it leaves out biases, and scales and shifts of norms")
    }
    return value.flatMap { make(.onlyWeights($0.expression), $0.type, syntax, [$0]) }
  }

  /// The networks that an argument of `params` means.
  private mutating func networks(_ syntax: ExpressionSyntax) -> [String]? {
    let known =
      (environment.networks.keys.sorted() + environment.players.keys.sorted()
        + environment.playerRoles.keys.sorted())
    guard case .name(let name) = syntax.form else {
      fail(
        "'params' expects the name of a network or player", at: syntax.range,
        hint: "known here: \(known.joined(separator: ", "))")
      return nil
    }
    if let network = network(called: name) { return [network] }
    if let player = player(called: name) { return environment.players[player] }
    fail(
      "'params' expects a network or player, found '\(name)'", at: syntax.range,
      hint: suggestion(for: name, among: known) ?? "known here: \(known.joined(separator: ", "))")
    return nil
  }

  /// `loss(P)`, on half of the samples, an independent draw, or with penalties.
  mutating func loss(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    let place = call.positional[0]
    let known = environment.players.keys.sorted() + environment.playerRoles.keys.sorted()
    guard case .name(let name) = place.form, let player = player(called: name) else {
      let word = text.text(in: place.range)
      return fail(
        "'loss' expects a player, found '\(word)'", at: place.range,
        hint: suggestion(for: word, among: known)
          ?? (known.isEmpty ? nil : "players here: \(known.joined(separator: ", "))"))
    }
    guard let half = option(call, "half", 1...2), let draw = option(call, "draw", 1...64),
      let penalties = flag(call, "penalties")
    else { return nil }
    if half != 0, draw != 0, let second = call.labels["draw"] {
      return fail("'half' and 'draw' exclude each other", at: second.range)
    }
    // The first draw is this step's own.
    let independent = draw > 1
    let term = Term.loss(
      player: player, half: half == 0 ? nil : half, draw: independent ? draw : nil,
      penalties: penalties)
    guard var value = make(term, .scalar, syntax) else { return nil }
    value.expression.derivativeOrder = environment.playerDerivativeOrders[player] ?? 0
    value.expression.networks =
      environment.playerNetworks[player] ?? Set(environment.networks.keys)
    value.sources = independent ? [] : Set(environment.streams.keys.map { .stream($0) })
    return value
  }

  /// A whole number of `range`; 0 where the argument is left out.
  mutating func option(
    _ call: BoundCall, _ label: String, _ range: ClosedRange<Int>
  ) -> Int? {
    guard let syntax = call.labels[label] else { return 0 }
    guard let value = number(call, label, default: 0) else { return nil }
    if let whole = Int(exactly: value), range.contains(whole) { return whole }
    fail(
      "'\(label)' expects a whole number from \(range.lowerBound) to \(range.upperBound), found"
        + " \(value.shortDescription)", at: syntax.range)
    return nil
  }

  mutating func flag(_ call: BoundCall, _ label: String) -> Bool? {
    guard let syntax = call.labels[label] else { return false }
    if syntax.form == .name("true") { return true }
    if syntax.form == .name("false") { return false }
    fail("'\(label)' expects true or false", at: syntax.range)
    return nil
  }

  /// `grad(scalar, wrt)`.
  mutating func grad(_ call: BoundCall, _ syntax: ExpressionSyntax) -> CheckedValue? {
    let (value, wrt) = (check(call.positional[0]), check(call.positional[1]))
    guard let value, var wrt else { return nil }
    // Derivatives by weights are those by all tensors, of which the rest is left out.
    var isOfWeights = false
    if case .onlyWeights(let all) = wrt.expression.term, case .parameters = all.term {
      (wrt.expression, isOfWeights) = (all, true)
    }
    guard value.type == .scalar else {
      return fail(
        "'grad' differentiates a number, found \(value.type)", at: call.positional[0].anchor,
        hint: "take sum(...): the gradient of a sum over samples is each sample's own")
    }
    guard let target = target(wrt, call.positional[1]) else { return nil }
    guard depends(value, on: target) else {
      return fail(
        "the value does not depend on '\(text.text(in: call.positional[1].range))', so its"
          + " gradient is 0 everywhere", at: call.positional[1].range, hint: dependence(of: value))
    }
    let term = Term.gradient(of: value.expression, withRespectTo: target)
    guard var gradient = make(term, wrt.type, syntax, [value]) else { return nil }
    gradient.expression.derivativeOrder += 1
    gradient.expression.samplesInPack = wrt.expression.samplesInPack
    guard isOfWeights else { return gradient }
    return make(.onlyWeights(gradient.expression), gradient.type, syntax, [gradient])
  }

  private mutating func target(
    _ wrt: CheckedValue, _ syntax: ExpressionSyntax
  ) -> GradientTarget? {
    switch wrt.expression.term {
    case .stream(let name): return .stream(name)
    case .parameters(let networks): return .parameters(networks)
    case .binding(let name):
      // A `let` that renames params(...) means the tensors themselves.
      for case .checked(let value, name) in Array(bindings.values) + Array(roles.values.values) {
        if case .parameters(let networks) = value.expression.term { return .parameters(networks) }
      }
      return .binding(name)
    default:
      fail(
        "'grad' differentiates with respect to a stream, a 'let' value or params(...), found"
          + " \(wrt.constant == nil ? "an expression" : "a constant")", at: syntax.range,
        hint: "name it in 'let' and use that name in both places")
      return nil
    }
  }

  private func depends(_ value: CheckedValue, on target: GradientTarget) -> Bool {
    if case .parameters(let networks) = target {
      return !value.expression.networks.isDisjoint(with: networks)
    }
    return value.sources.contains(target)
  }

  /// What a gradient of the value could be taken of.
  private func dependence(of value: CheckedValue) -> String {
    let sources = value.sources.compactMap { source -> String? in
      switch source {
      case .stream(let name): name
      case .binding(let name): name.split(separator: ".").last.map(String.init)
      case .parameters: nil
      }
    }
    let all = sources.sorted() + value.expression.networks.sorted().map { "params(\($0))" }
    return all.isEmpty ? "it is a constant" : "it depends on \(all.joined(separator: ", "))"
  }
}

extension LocatedText {
  /// The bytes `range` as text.
  func text(in range: Range<Int>) -> String {
    let bytes = Array(text.utf8)
    return String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }
}
