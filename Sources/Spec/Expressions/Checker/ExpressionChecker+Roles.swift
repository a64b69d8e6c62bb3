import Syntax

/// Roles without parameters whose body is an expression (`real: "x + 0.1*normal(like=x)"`).
///
/// Such a role is one value within a block where that makes a difference: its draws are drawn once, and `grad` can be
/// taken by it, because every mention is the same value. Elsewhere its body stands in its place.
extension ExpressionChecker {
  /// The roles of a block that are one value each: those that draw, and those that `grad` is taken by.
  func sharedRoles(in block: [ExpressionSyntax]) -> Set<String> {
    var search = RoleSearch(environment: environment)
    for syntax in block { search.visit(syntax, rolesFirst: environment.isOfEntry) }
    return search.found
  }

  /// The role's value, the same wherever the block names it.
  mutating func sharedRole(
    _ name: String, _ function: ExpressionEnvironment.Function, _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    if let known = roles.values[name] { return value(of: known, syntax) }
    let unique = uniqueName(bindings[name] == nil ? name : "bind.\(name)")
    let outer = (drawNames, stateNames)
    drawNames = NumberedNames(prefix: unique, startsBare: true)
    stateNames = drawNames
    let value = inline(name, function, Arguments(), syntax)
    (drawNames, stateNames) = outer
    let binding = value.map { Binding.checked($0, uniqueName: unique) } ?? .faulty
    roles.values[name] = binding
    if let value { roles.order.append(LetBinding(name: unique, value: value.expression)) }
    return self.value(of: binding, syntax)
  }

  /// The `let` entries, and the values of roles and arguments that they and `values` name, each after those that it
  /// names; before the entries stands what names none of them.
  func inOrder(_ entries: [LetBinding], _ values: [TypedExpression]) -> [LetBinding] {
    let kept = Set(entries.map(\.name))
    var names = values.reduce(into: kept) { $0.formUnion($1.bindingNames) }
    for known in roles.order.reversed() where names.contains(known.name) {
      names.formUnion(known.value.bindingNames)
    }
    let used = roles.order.filter { names.contains($0.name) }
    var late = kept
    for binding in used where !binding.value.bindingNames.isDisjoint(with: late) {
      late.insert(binding.name)
    }
    return used.filter { !late.contains($0.name) } + used.filter { late.contains($0.name) }
  }
}

extension TypedExpression {
  /// The values that it names, of `let`, roles and arguments.
  fileprivate var bindingNames: Set<String> {
    var names = operands.reduce(into: Set<String>()) { $0.formUnion($1.bindingNames) }
    switch term {
    case .binding(let name), .gradient(_, .binding(let name)): names.insert(name)
    default: break
    }
    return names
  }
}

/// Values of roles and of long arguments within one block.
struct RoleValues {
  /// The roles of the block that are one value.
  var shared: Set<String> = []
  var values: [String: ExpressionChecker.Binding] = [:]
  /// These and the entries of `let`, in the order in which they were completed: each after those that it names.
  var order: [LetBinding] = []
}

/// Finds roles that must be one value, through functions and roles as well.
private struct RoleSearch {
  let environment: ExpressionEnvironment
  var found: Set<String> = []
  private var seen: Set<ExpressionChecker.FunctionKey> = []

  init(environment: ExpressionEnvironment) { self.environment = environment }

  mutating func visit(_ syntax: ExpressionSyntax, rolesFirst: Bool) {
    var parts: [ExpressionSyntax.Form] = []
    syntax.visit { parts.append($0.form) }
    for form in parts {
      switch form {
      case .call("grad", let arguments) where arguments.count == 2:
        addTarget(arguments[1].value, rolesFirst)
      case .call(let name, let arguments):
        guard let function = environment.function(called: name, rolesFirst: rolesFirst) else {
          continue
        }
        for (parameter, argument) in zip(function.parameters, arguments)
        where isTarget(parameter, in: function) {
          addTarget(argument.value, rolesFirst)
        }
        enter(name, function)
      case .name(let name):
        guard let function = environment.function(called: name, rolesFirst: rolesFirst) else {
          continue
        }
        if draws(function, []) { found.insert(name) }
        enter(name, function)
      case .number, .negate, .binary, .member, .list: continue
      }
    }
  }

  private mutating func enter(_ name: String, _ function: ExpressionEnvironment.Function) {
    let key = ExpressionChecker.FunctionKey(name, function)
    guard seen.insert(key).inserted, let body = body(of: function) else { return }
    visit(body, rolesFirst: false)
  }

  /// What `grad` is taken by, and the role that this one is another name of.
  private mutating func addTarget(_ syntax: ExpressionSyntax, _ rolesFirst: Bool) {
    guard case .name(let name) = syntax.form else { return }
    found.formUnion([name, environment.target(of: name, rolesFirst: rolesFirst)])
  }

  private func isTarget(_ parameter: String, in function: ExpressionEnvironment.Function) -> Bool {
    var result = false
    body(of: function)?.visit {
      guard case .call("grad", let arguments) = $0.form, arguments.count == 2 else { return }
      if arguments[1].value.form == .name(parameter) { result = true }
    }
    return result
  }

  private func draws(_ function: ExpressionEnvironment.Function, _ seen: Set<String>) -> Bool {
    var (result, names) = (false, Set<String>())
    body(of: function)?.visit {
      switch $0.form {
      case .call("uniform", _), .call("normal", _), .call("fresh", _), .call("ema", _):
        result = true
      case .call(let name, _), .name(let name): names.insert(name)
      case .number, .negate, .binary, .member, .list: break
      }
    }
    return result
      || names.subtracting(seen).contains { name in
        environment.function(called: name, rolesFirst: false).map {
          draws($0, seen.union(names))
        } ?? false
      }
  }

  private func body(of function: ExpressionEnvironment.Function) -> ExpressionSyntax? {
    try? ExpressionParser.parse(function.body)
  }
}
