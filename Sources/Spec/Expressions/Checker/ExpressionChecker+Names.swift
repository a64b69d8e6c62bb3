import Diagnostics
import Syntax

extension ExpressionEnvironment {
  /// What a name means outside of `let`, with its article, or nil.
  func meaning(of name: String) -> String? {
    if streams[name] != nil { return "the stream '\(name)'" }
    if given[name] != nil { return "the layer's '\(name)'" }
    if numbers[name] != nil { return "the number '\(name)'" }
    if stepNumbers[name] != nil, name != Self.round { return "the scalar '\(name)'" }
    if state[name] != nil { return "the state '\(name)'" }
    if networks[name] != nil { return "the network '\(name)'" }
    if players[name] != nil { return "the player '\(name)'" }
    if functions[name] != nil { return "the function '\(name)'" }
    if BuiltIn.named(name) != nil { return "the built-in function '\(name)'" }
    return nil
  }

  /// What a name means beside `let`, with its article, or nil.
  func meaning(ofNameOrRole name: String) -> String? {
    let isRole = playerRoles[name] != nil || roles[name] != nil
    return meaning(of: name) ?? (isRole ? "the role '\(name)'" : nil)
  }

  /// The function or role that a name means; `rolesFirst` where an entry of the prelude says it.
  func function(called name: String, rolesFirst: Bool) -> Function? {
    if rolesFirst, !parameterNames.contains(name), let role = roles[name] { return role }
    if let function = functions[name] { return function }
    let isTaken =
      stepNumbers[name] != nil || state[name] != nil || streams[name] != nil || numbers[name] != nil
      || networks[name] != nil || players[name] != nil
    return isTaken ? nil : roles[name]
  }

  /// The name that a role stands for where its body is one bare name (`critic: D`), else the name itself.
  func target(of name: String, rolesFirst: Bool) -> String {
    var (name, rolesFirst) = (name, rolesFirst)
    var seen: Set<String> = []
    while let function = function(called: name, rolesFirst: rolesFirst),
      function.parameters.isEmpty, seen.insert(name).inserted,
      let body = try? ExpressionParser.parse(function.body), case .name(let next) = body.form
    {
      // What a role is bound to is an expression of the spec.
      (name, rolesFirst) = (next, false)
    }
    return name
  }

  /// The player that a name or a role means, or nil.
  func player(called name: String, rolesFirst: Bool) -> String? {
    if rolesFirst, let player = playerRoles[name], players[player] != nil { return player }
    let name = target(of: name, rolesFirst: rolesFirst)
    let player = players[name] == nil ? playerRoles[name] ?? name : name
    return players[player] == nil ? nil : player
  }
}

// The names of the place that is being checked.
extension ExpressionChecker {
  /// Whether a role comes before whatever else has its name: in the text of an entry, not in what it inlines.
  private var rolesFirst: Bool { environment.isOfEntry && frames.isEmpty }

  func function(called name: String) -> ExpressionEnvironment.Function? {
    environment.function(called: name, rolesFirst: rolesFirst)
  }

  func target(of name: String) -> String { environment.target(of: name, rolesFirst: rolesFirst) }

  func player(called name: String) -> String? {
    environment.player(called: name, rolesFirst: rolesFirst)
  }

  /// The network that a name or a role means, or nil.
  func network(called name: String) -> String? {
    if let argument = frames.last?.arguments.networks[name] { return argument }
    if rolesFirst, environment.playerRoles[name] != nil { return nil }
    let target = target(of: name)
    return environment.networks[target] == nil ? nil : target
  }

  /// The role that a name is for an entry, although something else of the spec has that name as well.
  private func hidingRole(_ name: String) -> Bool {
    rolesFirst && environment.roles[name] != nil && !environment.parameterNames.contains(name)
  }
}

extension ExpressionChecker {
  mutating func checkName(_ name: String, _ syntax: ExpressionSyntax) -> CheckedValue? {
    if let argument = frames.last?.arguments.values[name] { return argument }
    // A function's body sees its own arguments, not the `let` of whoever calls it.
    if frames.isEmpty, let binding = bindings[name] { return value(of: binding, syntax) }
    if let subject = environment.subject, subject.name == name {
      return make(.subject, .parameters(subject.networks), syntax)
    }
    if let shape = environment.streams[name], !hidingRole(name) {
      var value = make(.stream(name), .perSample(shape), syntax)
      value?.sources = [.stream(name)]
      return value
    }
    if let shape = environment.given[name] { return make(.given(name), ValueType(shape), syntax) }
    if let number = environment.numbers[name], !hidingRole(name) {
      return constant(number, syntax)
    }
    if let function = function(called: name), function.parameters.isEmpty,
      network(called: name) == nil, player(called: name) == nil
    {
      let isAnotherName = target(of: name) != name
      return roles.shared.contains(name) && !isAnotherName
        ? sharedRole(name, function, syntax) : inline(name, function, Arguments(), syntax)
    }
    if let value = gameNumber(name, syntax) { return value }
    return failName(name, syntax)
  }

  mutating func value(of binding: Binding, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard case .checked(let bound, let uniqueName) = binding else { return nil }
    if let number = bound.constant { return constant(number, syntax) }
    guard var value = make(.binding(uniqueName), bound.type, syntax) else { return nil }
    value.expression.derivativeOrder = bound.expression.derivativeOrder
    value.expression.networks = bound.expression.networks
    value.expression.samplesInPack = bound.expression.samplesInPack
    value.sources = bound.sources.union([.binding(uniqueName)])
    return value
  }

  /// Reports a name that is no value.
  private mutating func failName(_ name: String, _ syntax: ExpressionSyntax) -> CheckedValue? {
    if network(called: name) != nil {
      return fail(
        "'\(name)' is a network, not a value", at: syntax.range,
        hint: "call it: \(name)(...); its parameters are params(\(name))")
    }
    if player(called: name) != nil {
      return fail(
        "'\(name)' is a player, not a value", at: syntax.range, hint: "write loss(\(name))")
    }
    if let function = function(called: name) {
      let call = "\(name)(\(function.parameters.joined(separator: ", ")))"
      return fail(
        "'\(name)' is a function, not a value", at: syntax.range, hint: "call it: \(call)")
    }
    if let builtIn = BuiltIn.named(name) {
      return fail(
        "'\(name)' is a function, not a value", at: syntax.range,
        hint: "call it: \(builtIn.signature)")
    }
    return fail(
      "unknown name '\(name)'", at: syntax.range,
      hint: suggestion(for: name, among: valueNames) ?? knownNames)
  }

  /// Names that stand for values here, sorted.
  private var valueNames: [String] {
    let local = frames.last.map { Array($0.arguments.values.keys) } ?? Array(bindings.keys)
    let functions = environment.functions.merging(environment.roles) { own, _ in own }
    let roles = functions.filter { $0.value.parameters.isEmpty }.keys.filter {
      network(called: $0) == nil && player(called: $0) == nil
    }
    let subject = environment.subject.map { [$0.name] } ?? []
    return
      (subject + local + environment.streams.keys + environment.given.keys
      + environment.stepNumbers.keys.filter { $0 != ExpressionEnvironment.round }
      + environment.state.keys + environment.numbers.keys + roles).sorted()
  }

  private var knownNames: String? {
    let names = valueNames
    guard !names.isEmpty, names.count <= 12 else { return nil }
    return "known here: \(names.joined(separator: ", "))"
  }

  /// The body of a function or role, with `arguments` in place of its parameters.
  mutating func inline(
    _ name: String, _ function: ExpressionEnvironment.Function, _ arguments: Arguments,
    output: OutputName? = nil, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    let call = text.span(of: syntax.range)
    let key = FunctionKey(name, function)
    // Of values the name alone tells: it is that of the one value which a shared role has.
    if frames.contains(where: {
      $0.function == key || function.parameters.isEmpty && $0.function.name == name
    }) {
      return fail("'\(name)' is defined by itself", at: syntax.anchor)
    }
    guard let body = body(of: key, function, call) else { return nil }
    let outer = text
    text = function.body
    frames.append(Frame(function: key, arguments: arguments, call: call))
    // What stands in the body has no place in the text that names the output.
    var value =
      output.map {
        self.value(of: body, output: OutputName(text: $0.text, range: body.anchor), body)
      }
      ?? check(body)
    frames.removeLast()
    text = outer
    // The user's line is the place of the value; the terms inside keep those of the body.
    value?.expression.span = call
    return value
  }

  private mutating func body(
    of key: FunctionKey, _ function: ExpressionEnvironment.Function, _ call: SourceSpan
  ) -> ExpressionSyntax? {
    if let known = bodies[key] { return known }
    do {
      let body = try ExpressionParser.parse(function.body)
      bodies[key] = body
      return body
    } catch {
      var diagnostic = error
      diagnostic.notes.append(
        Diagnostic(.note, "while inlining '\(key.name)', used here", at: call))
      diagnostics.insert(diagnostic)
      bodies[key] = .some(nil)
      return nil
    }
  }
}
