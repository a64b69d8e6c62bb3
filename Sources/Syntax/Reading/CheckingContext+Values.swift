import Diagnostics

extension CheckingContext {
  /// A number or an expression over vars; nil after a diagnostic.
  package func number(
    _ node: SpecNode, _ what: String, in range: ClosedRange<Double>? = nil
  ) -> Double? {
    guard let text = node.scalar, !node.isNull, node.boolean == nil else {
      error("\(what) must be a number, but found \(node.kindName)", at: node.span)
      return nil
    }
    let word = text.text.lowercased().drop { $0 == "-" || $0 == "+" }
    guard word != ".inf", word != ".nan" else {
      error("\(what) must be a finite number, but is \(text.text)", at: node.span)
      return nil
    }
    guard let value = plainNumber(text.text) ?? evaluated(text) else { return nil }
    guard value.isFinite else {
      error("\(what) is not finite", at: node.span, hint: "it evaluates to \(value)")
      return nil
    }
    if let range, !range.contains(value) {
      error("\(what) must be \(describe(range)), but is \(short(value))", at: node.span)
      return nil
    }
    return value
  }

  private func evaluated(_ text: LocatedText) -> Double? {
    var inner = DiagnosticBag()
    let value = evaluateNumber(
      text, numbers: numbers, otherFunctions: expressionFunctions, into: &inner)
    adopt(inner)
    if let value { recordEvaluation(of: text.span, value) }
    return value
  }

  /// A whole number or an expression that evaluates to one; nil after a diagnostic.
  package func integer(_ node: SpecNode, _ what: String, in range: ClosedRange<Int>) -> Int? {
    guard let value = number(node, what) else { return nil }
    guard value.rounded() == value else {
      error("\(what) must be a whole number, but is \(short(value))", at: node.span)
      return nil
    }
    // Beyond 2^53 a number of YAML or of arithmetic no longer says which whole number it is.
    let range = max(range.lowerBound, -1 << 53)...min(range.upperBound, 1 << 53)
    guard value.magnitude <= 0x1p53, range.contains(Int(value)) else {
      error("\(what) must be \(describe(range, value)), but is \(short(value))", at: node.span)
      return nil
    }
    return Int(value)
  }

  /// Whether `text` is a word that other libraries have for some padding, which a diagnostic has said.
  package func refusesWord(_ text: LocatedText, _ what: String) -> Bool {
    let words = [
      "same": "(kernel - 1)/2 of an odd kernel keeps the size at stride 1", "valid": "0",
    ]
    guard numbers[text.text] == nil, let meaning = words[text.text.lowercased()] else {
      return false
    }
    error(
      "\(what) must be a number of zeros on each side, but found '\(text.text)'",
      at: text.span, hint: "write the number: \(meaning)")
    return true
  }

  package func boolean(_ node: SpecNode, _ what: String) -> Bool? {
    if let value = node.boolean { return value }
    error(
      "\(what) must be true or false, but found \(node.kindName)", at: node.span,
      hint: "YAML 1.2 knows no yes, no, on, off")
    return nil
  }

  /// Any scalar as text.
  package func string(_ node: SpecNode, _ what: String) -> LocatedText? {
    if let text = node.scalar, !node.isNull { return text }
    error("\(what) must be text, but found \(node.kindName)", at: node.span)
    return nil
  }

  /// A word that names a thing in expressions.
  package func identifier(_ text: LocatedText, _ what: String) -> String? {
    if text.text.isIdentifier { return text.text }
    error(
      "\(what) '\(text.text)' is not a name", at: text.span,
      hint: "use ASCII letters, digits and '_', not starting with a digit")
    return nil
  }

  /// One of a few words.
  ///
  /// `others` are what other libraries call them.
  package func choice(
    _ node: SpecNode, _ what: String, among names: [String], others: [String: [String]] = [:]
  ) -> String? {
    guard let text = string(node, what) else { return nil }
    if names.contains(text.text) { return text.text }
    let near = suggestion(for: text.text, among: names, others: others)
    guard names.count <= 16 else {
      error(
        "\(what) cannot be '\(text.text)'", at: node.span,
        hint: near ?? "Docs/SPEC.md and advas-run schema list what it can be")
      return nil
    }
    error(
      "\(what) must be \(alternatives(names)), but found '\(text.text)'", at: node.span,
      hint: near)
    return nil
  }

  /// A list of whole numbers; a single one stands for a list of itself.
  package func integers(_ node: SpecNode, _ what: String, in range: ClosedRange<Int>) -> [Int]? {
    guard let items = node.items else { return integer(node, what, in: range).map { [$0] } }
    let values = items.map { integer($0, "each number of \(what)", in: range) }
    return values.contains(nil) ? nil : values.compactMap { $0 }
  }

  /// Height and width, `3` or `[3, 5]`; nil after a diagnostic.
  package func pair(_ node: SpecNode, _ what: String, in range: ClosedRange<Int>) -> [Int]? {
    guard let values = integers(node, what, in: range) else { return nil }
    switch values.count {
    case 1: return [values[0], values[0]]
    case 2: return values
    default:
      error("\(what) must be one number or [height, width]", at: node.span)
      return nil
    }
  }

  /// Two numbers, the first below the second where `isRange`; nil after a diagnostic.
  package func twoNumbers(
    _ node: SpecNode, _ what: String, isRange: Bool
  ) -> (Double, Double)? {
    guard let items = node.items, items.count == 2 else {
      error("\(what) must be a list of two numbers", at: node.span, hint: "write [a, b]")
      return nil
    }
    guard let low = number(items[0], "the first number of \(what)"),
      let high = number(items[1], "the second number of \(what)")
    else { return nil }
    guard !isRange || low < high else {
      error("\(what) must rise, but goes from \(short(low)) to \(short(high))", at: node.span)
      return nil
    }
    // What spans more than a float holds is nowhere finite.
    guard !isRange || max(abs(low), abs(high)) <= 1e30 else {
      error("\(what) must lie within -1e+30...1e+30", at: node.span)
      return nil
    }
    return (low, high)
  }

  /// A shape of one sample; nil after a diagnostic.
  package func shape(_ node: SpecNode, _ what: String) -> [Int]? {
    guard let shape = integers(node, what, in: 1...Limits.size) else { return nil }
    guard !shape.isEmpty, shape.count <= 4 else {
      error("\(what) must have 1 to 4 axes, but has \(shape.count)", at: node.span)
      return nil
    }
    guard Limits.product(shape) != nil else {
      error("\(what) has more than 2^40 elements", at: node.span)
      return nil
    }
    return shape
  }

  /// A list of names, or one name.
  package func names(_ node: SpecNode, _ what: String) -> [LocatedText]? {
    guard let items = node.items else {
      if let text = node.scalar, !node.isNull { return [text] }
      error("\(what) must be a list of names, but found \(node.kindName)", at: node.span)
      return nil
    }
    return items.compactMap { string($0, "each entry of \(what)") }
  }

  private func describe(_ range: ClosedRange<Int>, _ value: Double) -> String {
    guard range.upperBound >= Limits.kernel else {
      return "between \(range.lowerBound) and \(range.upperBound)"
    }
    return value < Double(range.lowerBound)
      ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
  }

  private func describe(_ range: ClosedRange<Double>) -> String {
    range.upperBound >= Double.greatestFiniteMagnitude
      ? range.lowerBound == Double.leastNonzeroMagnitude
        ? "positive" : "at least \(short(range.lowerBound))"
      : "between \(short(range.lowerBound)) and \(short(range.upperBound))"
  }
}
