import Diagnostics
import Syntax

/// How often samples of each class are drawn.
public enum ClassBalance: Hashable, Sendable {
  /// As often as the set has them.
  case none
  /// Every class that has samples as often as the others.
  case classes
  /// So often, one number for each class, in any unit.
  case weights([Double])
}

extension Form where Value == ClassBalance {
  /// `none`, `classes`, or numbers.
  static var balance: Form {
    Form(
      "`none`, `classes` or a list of numbers",
      schema: .either([.choice(["none", "classes"]), .list(.number)]),
      text: { balance in
        switch balance {
        case .none: "none"
        case .classes: "classes"
        case .weights(let weights): "[" + weights.map { short($0) }.joined(separator: ", ") + "]"
        }
      }
    ) { node, title, context in
      guard let items = node.items else {
        return context.choice(node, title, among: ["none", "classes"])
          .map { $0 == "none" ? ClassBalance.none : .classes }
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
