import Diagnostics
import Syntax

/// How often samples of each class are drawn.
public enum ClassBalance: Hashable, Sendable {
  /// As often as the set has them.
  case none
  /// Every class that has samples as often as the others.
  case classes
  /// Every column of a table equally often, each of its categories in proportion to log(1 + its rows).
  case columns
  /// So often, one number for each class, in any unit.
  case weights([Double])
}

extension Form where Value == ClassBalance {
  private static let words = ["none", "classes", "columns"]

  /// `none`, `classes`, `columns`, or numbers.
  static var balance: Form {
    Form(
      "`none`, `classes`, `columns` or a list of numbers",
      schema: .either([.choice(words), .list(.number)]),
      text: { balance in
        switch balance {
        case .none: "none"
        case .classes: "classes"
        case .columns: "columns"
        case .weights(let weights): "[" + weights.map { short($0) }.joined(separator: ", ") + "]"
        }
      }
    ) { node, title, context in
      guard let items = node.items else {
        return context.choice(node, title, among: words)
          .map { $0 == "none" ? ClassBalance.none : $0 == "classes" ? .classes : .columns }
      }
      let limits = 0...Double.greatestFiniteMagnitude
      let weights = items.map { context.number($0, "each number of \(title)", in: limits) }
      guard !weights.contains(nil) else { return nil }
      let total = weights.reduce(0) { $0 + ($1 ?? 0) }
      guard total > 0, total.isFinite else {
        context.error(
          "the numbers of \(title) have the sum \(short(total))", at: node.span,
          hint: "write one for each class, in any unit, such as [3, 1, 1]")
        return nil
      }
      return .weights(weights.compactMap { $0 })
    }
  }
}
