import Diagnostics
import Syntax

extension ExpressionChecker {
  /// A value of a block, which draws outside of `let` are named after.
  struct NamedValue {
    var name: String
    var text: LocatedText
    /// What it must be; nil for anything.
    var type: ValueType?
  }

  /// Checks values and the `let` entries that they share, in whatever order they stand.
  ///
  /// - Parameters:
  ///   - lets: the entries, with the places of their names; each must serve one of the values.
  ///   - values: what the entries serve.
  /// - Returns: the entries that the values use, each after those that it names, and the values; nil where anything
  ///   was wrong. An entry that folds to a number is not among them, as no term names it.
  mutating func checkBlock(
    lets: [(name: String, nameSpan: SourceSpan, text: LocatedText)], values: [NamedValue]
  ) -> (bindings: [LetBinding], values: [TypedExpression])? {
    bindings = [:]
    frames = []
    resetWork()
    var block = LetBlock()
    for entry in lets where !reportClash(entry.name, at: entry.nameSpan, in: block, of: values) {
      block.entries.append(
        LetBlock.Entry(
          name: entry.name, span: entry.nameSpan, text: entry.text, syntax: parse(entry.text)))
    }
    let complete = block.entries.count == lets.count
    let syntax = values.map { parse($0.text) }
    roles = RoleValues()
    roles.shared = sharedRoles(in: (block.entries.map(\.syntax) + syntax).compactMap { $0 })
    let (order, cycles) = block.dependencyOrder()
    for cycle in cycles { reportCycle(cycle, in: block) }
    let checked = order.compactMap { checkLet(block.entries[$0]) }
    let parsed = syntax.compactMap { $0 }
    guard parsed.count == values.count else { return nil }
    let used = parsed.reduce(into: Set<Int>()) { $0.formUnion(block.reachable(from: $1)) }
    warnUnused(block, used)
    let results = zip(values, parsed).map { checkValue($0, $1) }.compactMap { $0 }
    guard results.count == values.count, complete, checked.count == lets.count else { return nil }
    let names = Set(used.map { uniqueName(block.entries[$0].name) })
    let kept = checked.filter { names.contains($0.name) && $0.value.constant == nil }
      .map { LetBinding(name: $0.name, value: $0.value.expression) }
    return (inOrder(kept, results), results)
  }

  private mutating func checkValue(
    _ value: NamedValue, _ syntax: ExpressionSyntax
  ) -> TypedExpression? {
    text = value.text
    drawNames = NumberedNames(prefix: uniqueName(value.name), startsBare: false)
    stateNames = drawNames
    guard let result = check(syntax), value.type.map({ require($0, result, syntax) }) ?? true else {
      return nil
    }
    return result.expression
  }

  private mutating func warnUnused(_ block: LetBlock, _ used: Set<Int>) {
    for (index, entry) in block.entries.enumerated() where !used.contains(index) {
      diagnostics.insert(
        Diagnostic(
          .warning, "'\(entry.name)' is never used", at: entry.span,
          hint: "use it or leave it out"))
    }
  }

  /// `true` iff `value` has the type; otherwise the error says how to give it that.
  private mutating func require(
    _ type: ValueType, _ value: CheckedValue, _ syntax: ExpressionSyntax
  ) -> Bool {
    if value.type == type { return true }
    guard type == .scalar else {
      fail(
        "expected \(type), found \(value.type)", at: syntax.anchor,
        hint: environment.subject.map {
          "write an expression of '\($0.name)', for example 0.5*\($0.name)"
        })
      return false
    }
    let hint: String
    if case .parameters = value.type { hint = "take sumsq(...)" } else { hint = "take mean(...)" }
    fail("expected a number, found \(value.type)", at: syntax.anchor, hint: hint)
    return false
  }

  private mutating func checkLet(
    _ entry: LetBlock.Entry
  ) -> (name: String, value: CheckedValue)? {
    let name = uniqueName(entry.name)
    text = entry.text
    drawNames = NumberedNames(prefix: name, startsBare: true)
    stateNames = drawNames
    guard let syntax = entry.syntax, let value = check(syntax) else {
      bindings[entry.name] = .faulty
      return nil
    }
    bindings[entry.name] = .checked(value, uniqueName: name)
    roles.order.append(LetBinding(name: name, value: value.expression))
    return (name, value)
  }

  func uniqueName(_ name: String) -> String {
    environment.scope.isEmpty ? name : "\(environment.scope).\(name)"
  }

  private mutating func parse(_ text: LocatedText) -> ExpressionSyntax? {
    do {
      return try ExpressionParser.parse(text)
    } catch {
      diagnostics.insert(error)
      return nil
    }
  }

  /// `true` after reporting that a `let` cannot have this name.
  private mutating func reportClash(
    _ name: String, at span: SourceSpan, in block: LetBlock, of values: [NamedValue]
  ) -> Bool {
    let earlier = block.entries.first { $0.name == name }
    let message: String
    if !name.isIdentifier {
      message = "'\(name)' cannot name a value: letters, digits and _ only, no digit first"
    } else if earlier != nil {
      message = "'\(name)' is defined twice in one 'let'"
    } else if values.contains(where: { $0.name == name }) {
      // Draws are named after both, and would be the same.
      message = "'\(name)' is the expression that the 'let' serves, and cannot be a value in it"
    } else if let meaning = environment.meaning(of: name),
      !environment.isOfEntry || BuiltIn.named(name) != nil
    {
      message = "the 'let' name '\(name)' hides \(meaning)"
    } else {
      return false
    }
    let notes = earlier.map { [Diagnostic(.note, "first defined here", at: $0.span)] } ?? []
    diagnostics.insert(
      Diagnostic(.error, message, at: span, hint: "choose another name", notes: notes))
    bindings[name] = .faulty
    return true
  }

  private mutating func reportCycle(_ cycle: [Int], in block: LetBlock) {
    guard let first = cycle.first else { return }
    let path = (cycle + [first]).map { block.entries[$0].name }.joined(separator: " -> ")
    diagnostics.insert(
      Diagnostic(
        .error, "'\(block.entries[first].name)' is defined by itself: \(path)",
        at: block.entries[first].span))
    for index in cycle { bindings[block.entries[index].name] = .faulty }
  }
}
