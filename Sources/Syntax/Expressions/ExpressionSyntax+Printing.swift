extension ExpressionSyntax: CustomStringConvertible {
  /// The canonical text: no parentheses but those needed, spaces around `+`, `-` and comparisons only.
  ///
  /// Parsing it gives the same tree.
  public var description: String {
    switch form {
    case .number(let value): return value.shortDescription
    case .name(let name): return name
    case .negate(let operand): return "-" + operand.text(inside: negationPrecedence)
    case .binary(let op, let left, let right): return binaryText(op, left, right)
    case .call(let name, let arguments):
      let list = arguments.map { argument in
        (argument.label.map { $0 + "=" } ?? "") + argument.value.description
      }
      return "\(name)(\(list.joined(separator: ", ")))"
    case .member(let base, let name): return "\(base.callText).\(name)"
    case .list(let items): return "[\(items.map(\.description).joined(separator: ", "))]"
    }
  }

  private func binaryText(
    _ op: BinaryOperator, _ left: ExpressionSyntax, _ right: ExpressionSyntax
  ) -> String {
    // Comparisons do not chain, `^` groups to the right, the rest to the left.
    let level = op.precedence
    let leftText = left.text(inside: op == .power || op.isComparison ? level + 1 : level)
    // A minus sign right behind `^` needs no parentheses: nothing else can be meant.
    let rightLevel = op == .power ? negationPrecedence : level + 1
    let rightText = right.text(inside: rightLevel)
    let gap = level > 20 ? "" : " "
    return leftText + gap + op.rawValue + gap + rightText
  }

  /// The text, in parentheses unless a call stands at its end: `a.b` is one name.
  private var callText: String {
    switch form {
    case .call, .member: description
    default: "(\(description))"
    }
  }

  /// The text, in parentheses where the surroundings bind more tightly.
  private func text(inside level: Int) -> String {
    precedence < level ? "(\(description))" : description
  }

  private var precedence: Int {
    switch form {
    case .number, .name, .call, .member, .list: 100
    case .negate: negationPrecedence
    case .binary(let op, _, _): op.precedence
    }
  }
}

extension Double {
  /// The shortest text that reads back as this number, without `.0`.
  package var shortDescription: String {
    description.hasSuffix(".0") ? String(description.dropLast(2)) : description
  }
}
