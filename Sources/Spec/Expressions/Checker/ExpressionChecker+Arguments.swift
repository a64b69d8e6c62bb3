import Diagnostics
import Functions
import Layers
import Syntax

extension ExpressionChecker {
  /// What stands for the parameters of a function while its body is inlined.
  struct Arguments {
    var values: [String: CheckedValue] = [:]
    /// Networks, of parameters that the body calls.
    var networks: [String: String] = [:]
  }

  /// Terms beyond which an argument becomes a value with a name, so that a chain of calls, each of which mentions its
  /// argument more than once, does not grow like a tree.
  private static let longArgument = 200

  /// A function of the spec, with its arguments in place of its parameters.
  mutating func checkFunction(
    _ name: String, _ function: ExpressionEnvironment.Function,
    _ arguments: [ExpressionSyntax.Argument], output: OutputName? = nil, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    guard !function.parameters.isEmpty else {
      return fail(
        "the role '\(name)' takes no arguments", at: syntax.anchor, hint: "write \(name) alone")
    }
    let signature = "\(name)(\(function.parameters.joined(separator: ", ")))"
    if let labelled = arguments.first(where: { $0.label != nil }) {
      return fail(
        "'\(name)' takes its arguments without labels", at: labelled.labelRange, hint: signature)
    }
    let count = function.parameters.count
    guard arguments.count == count else {
      for argument in arguments where networkName(argument.value) == nil {
        _ = check(argument.value)
      }
      return fail(
        "'\(name)' expects \((count...count).argumentCount), found \(arguments.count)",
        at: arguments.count > count ? arguments[count].value.range : syntax.anchor,
        hint: signature)
    }
    let called = calledParameters(of: name, function, [])
    var bound = Arguments()
    for (parameter, argument) in zip(function.parameters, arguments) {
      if called.contains(parameter) {
        bound.networks[parameter] = networkArgument(argument.value, parameter, of: name)
      } else if let value = check(argument.value).flatMap({ named($0, name, parameter, syntax) }) {
        bound.values[parameter] = value
      }
    }
    guard bound.values.count + bound.networks.count == Set(function.parameters).count else {
      return nil
    }
    return inline(name, function, bound, output: output, syntax)
  }

  /// The value, under a name where it is long.
  private mutating func named(
    _ value: CheckedValue, _ function: String, _ parameter: String, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    guard value.size > Self.longArgument else { return value }
    namedArguments += 1
    let unique = uniqueName("\(function).\(parameter)#\(namedArguments)")
    roles.order.append(LetBinding(name: unique, value: value.expression))
    return self.value(of: .checked(value, uniqueName: unique), syntax)
  }

  private mutating func networkArgument(
    _ syntax: ExpressionSyntax, _ parameter: String, of function: String
  ) -> String? {
    if let network = networkName(syntax) { return network }
    let word = text.text(in: syntax.range)
    let known = environment.networks.keys.sorted()
    fail(
      "'\(function)' calls its argument '\(parameter)', so that it must be the name of a network,"
        + " but found '\(word)'",
      at: syntax.range,
      hint: suggestion(for: word, among: known)
        ?? (known.isEmpty ? nil : "networks are \(listing(known))"))
    return nil
  }

  private func networkName(_ syntax: ExpressionSyntax) -> String? {
    guard case .name(let name) = syntax.form else { return nil }
    return network(called: name)
  }

  /// Parameters that the body of a function calls, or hands to a function that does: they stand for networks.
  ///
  /// `outer` are functions whose bodies led here. A faulty body calls nothing; it is reported where it is inlined.
  private mutating func calledParameters(
    of name: String, _ function: ExpressionEnvironment.Function, _ outer: Set<FunctionKey>
  ) -> Set<String> {
    let key = FunctionKey(name, function)
    if let known = callers[key] { return known }
    guard !outer.contains(key), outer.count < Self.depthLimit,
      let body = try? ExpressionParser.parse(function.body)
    else { return [] }
    var calls: [(name: String, arguments: [ExpressionSyntax.Argument])] = []
    body.visit { part in
      if case .call(let name, let arguments) = part.form { calls.append((name, arguments)) }
    }
    var found: Set<String> = []
    for (called, arguments) in calls {
      if let inner = environment.function(called: called, rolesFirst: false),
        !inner.parameters.isEmpty
      {
        let handed = calledParameters(of: called, inner, outer.union([key]))
        for (parameter, argument) in zip(inner.parameters, arguments)
        where handed.contains(parameter) {
          if case .name(let word) = argument.value.form { found.insert(word) }
        }
      } else if !isFunctionOfLanguage(called) {
        found.insert(called)
      }
    }
    let known = found.intersection(function.parameters)
    callers[key] = known
    return known
  }

  private func isFunctionOfLanguage(_ name: String) -> Bool {
    BuiltIn.named(name) != nil || FunctionCatalogue.named(name) != nil
      || LayerCatalogue.named(name)?.declaration.isFunction ?? false
      || NumberFunction(rawValue: name) != nil
  }
}
