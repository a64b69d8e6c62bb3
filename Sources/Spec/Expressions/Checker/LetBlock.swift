import Diagnostics
import Syntax

/// The `let` entries around a value, and which of them names which.
struct LetBlock {
  struct Entry {
    var name: String
    var span: SourceSpan
    var text: LocatedText
    /// Nil where the text is no expression.
    var syntax: ExpressionSyntax?
  }

  var entries: [Entry] = []

  /// Indices of the entries so that each stands after those that it names, and the cycles that prevent it.
  ///
  /// Entries of a cycle come last, so that their own faults are found as well. (Kahn 1962.)
  func dependencyOrder() -> (order: [Int], cycles: [[Int]]) {
    let names = index()
    let needs = entries.map { $0.syntax.map { references(in: $0, names) } ?? [] }
    var users: [[Int]] = Array(repeating: [], count: entries.count)
    for (user, list) in needs.enumerated() {
      for needed in list { users[needed].append(user) }
    }
    var missing = needs.map(\.count)
    var order = entries.indices.filter { missing[$0] == 0 }
    var next = 0
    while next < order.count {
      for user in users[order[next]] {
        missing[user] -= 1
        if missing[user] == 0 { order.append(user) }
      }
      next += 1
    }
    var stuck = Set(entries.indices).subtracting(order)
    let rest = stuck.sorted()
    var cycles: [[Int]] = []
    for start in rest where stuck.contains(start) {
      if let cycle = walk(from: start, needs, within: &stuck) { cycles.append(cycle) }
    }
    return (order + rest, cycles)
  }

  /// Follows the needs of `start` until an entry comes again; takes what it saw out of `stuck`.
  private func walk(from start: Int, _ needs: [[Int]], within stuck: inout Set<Int>) -> [Int]? {
    var path: [Int] = []
    var current = start
    while stuck.remove(current) != nil {
      path.append(current)
      // Prefers an entry of this path: it closes the cycle.
      guard
        let next = needs[current].first(where: { path.contains($0) })
          ?? needs[current].first(where: stuck.contains)
      else { return nil }
      current = next
    }
    return path.firstIndex(of: current).map { Array(path[$0...]) }
  }

  /// Entries that `value` names, directly or through others.
  func reachable(from value: ExpressionSyntax) -> Set<Int> {
    let names = index()
    var found: Set<Int> = []
    var open = references(in: value, names)
    while let next = open.popLast() {
      guard found.insert(next).inserted, let syntax = entries[next].syntax else { continue }
      open += references(in: syntax, names)
    }
    return found
  }

  private func index() -> [String: Int] {
    Dictionary(
      entries.indices.map { (entries[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Entries that stand in `syntax` by name, each once, in the order of the text.
  private func references(in syntax: ExpressionSyntax, _ names: [String: Int]) -> [Int] {
    var found: [Int] = []
    syntax.visit {
      guard case .name(let name) = $0.form, let entry = names[name], !found.contains(entry)
      else { return }
      found.append(entry)
    }
    return found
  }
}
