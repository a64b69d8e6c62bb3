import Spec

extension [String: LetBinding] {
  /// `name` behind all that it names without a value yet, each behind those that it names itself.
  ///
  /// Values made in this order never wait for each other: a chain of thousands of names would take the whole stack.
  func order(to name: String, hasValue: (String) -> Bool) -> [String] {
    var order: [String] = []
    var open = [name]
    var isOpened: Set<String> = []
    var isPlaced: Set<String> = []
    while let next = open.last {
      let isNew = isOpened.insert(next).inserted
      let named = isNew ? (self[next]?.value.bindingsNamed ?? []) : []
      let missing = named.filter { !hasValue($0) && !isOpened.contains($0) }
      if !missing.isEmpty {
        open += missing
        continue
      }
      open.removeLast()
      if isPlaced.insert(next).inserted { order.append(next) }
    }
    return order
  }
}

extension TypedExpression {
  /// Levels of expressions inside one another beyond which names get their values before the expressions that name them.
  static let deepest = 400

  /// The names of `let` that it names itself.
  fileprivate var bindingsNamed: [String] {
    if case .binding(let name) = term { return [name] }
    return operands.flatMap(\.bindingsNamed)
  }
}
