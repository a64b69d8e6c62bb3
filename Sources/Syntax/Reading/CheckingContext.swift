import Diagnostics

/// What all checks of one spec share: the messages so far, the numbers that a value may name, the defaults used.
package final class CheckingContext {
  package var diagnostics = DiagnosticBag()
  /// How many errors there were so far; a check compares it to know whether a part was sound.
  package private(set) var faults = 0
  /// `vars`, and within a block or a prelude entry its parameters.
  package var numbers: [String: Double] = [:]
  /// Functions of the expression language, which a numeric field cannot call.
  private let expressionFunctions: Set<String>
  /// `train.total`, which schedules last for by default; 1 where it is missing or faulty.
  package var totalRounds = 1
  /// Every key that was asked for, for the schema.
  package var keys = KeyLog()
  /// Values that nobody wrote, by the path of the mapping that lacks them; for `--print-config`.
  package private(set) var defaults: [[String]: [DefaultValue]] = [:]

  package struct DefaultValue {
    package var key: String
    package var text: String
    /// `default`, or the prelude entry that says so.
    package var origin: String
  }

  package init(expressionFunctions: Set<String> = []) {
    self.expressionFunctions = expressionFunctions
  }

  package func error(
    _ message: String, at span: SourceSpan?, hint: String? = nil, notes: [Diagnostic] = []
  ) {
    faults += 1
    diagnostics.insert(Diagnostic(.error, message, at: span, hint: hint, notes: notes))
  }

  /// Adds a finished message.
  package func adopt(_ diagnostic: Diagnostic) { adopt(DiagnosticBag([diagnostic])) }

  /// Adds the messages of an inner check.
  package func adopt(_ inner: DiagnosticBag) {
    if inner.hasErrors { faults += 1 }
    diagnostics.formUnion(inner)
  }

  package func recordDefault(
    _ key: String, _ text: String, at path: [String], origin: String = "default"
  ) {
    guard !defaults[path, default: []].contains(where: { $0.key == key }) else { return }
    defaults[path, default: []].append(DefaultValue(key: key, text: text, origin: origin))
  }

  /// Values of arithmetic, by place; nil where one place has several, as inside a block used twice.
  package private(set) var evaluations: [SourceSpan: Double?] = [:]

  package func recordEvaluation(of span: SourceSpan, _ value: Double) {
    if let known = evaluations[span], known != value {
      evaluations[span] = .some(nil)
    } else {
      evaluations[span] = value
    }
  }

  /// Runs `body` with further numbers in reach.
  package func with<R>(numbers extra: [String: Double], _ body: () -> R) -> R {
    let outer = numbers
    numbers.merge(extra) { $1 }
    defer { numbers = outer }
    return body()
  }
}

// MARK: Values

extension CheckingContext {
  /// A number or an expression over vars; nil after a diagnostic.
  package func number(
    _ node: SpecNode, _ what: String, in range: ClosedRange<Double>? = nil
  ) -> Double? {
    guard let text = node.scalar, !node.isNull, node.boolean == nil else {
      error("\(what) must be a number, but found \(node.kindName)", at: node.span)
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
    guard value.magnitude <= 0x1p53, range.contains(Int(value)) else {
      error("\(what) must be \(describe(range, value)), but is \(short(value))", at: node.span)
      return nil
    }
    return Int(value)
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
      hint: "use letters, digits and '_', not starting with a digit")
    return nil
  }

  /// One of a few words.
  package func choice(_ node: SpecNode, _ what: String, among names: [String]) -> String? {
    guard let text = string(node, what) else { return nil }
    if names.contains(text.text) { return text.text }
    error(
      "\(what) must be \(alternatives(names)), but found '\(text.text)'", at: node.span,
      hint: suggestion(for: text.text, among: names))
    return nil
  }

  /// A list of whole numbers; a single one stands for a list of itself.
  package func integers(_ node: SpecNode, _ what: String, in range: ClosedRange<Int>) -> [Int]? {
    guard let items = node.items else { return integer(node, what, in: range).map { [$0] } }
    let values = items.map { integer($0, "each number of \(what)", in: range) }
    return values.contains(nil) ? nil : values.compactMap { $0 }
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

/// Bounds that keep arithmetic on sizes away from overflow.
package enum Limits {
  /// Channels, features, samples and the like.
  package static let size = 1 << 31
  /// Kernel sizes, strides and paddings.
  package static let kernel = 1 << 16
  /// Elements of one sample, or of one parameter.
  package static let elements = 1 << 40

  /// The product of sizes, nil beyond `elements`.
  package static func product(_ sizes: [Int]) -> Int? {
    var result = 1
    for size in sizes {
      let (value, overflow) = result.multipliedReportingOverflow(by: size)
      guard !overflow, value <= elements else { return nil }
      result = value
    }
    return result
  }
}

/// A literal number as YAML 1.2 writes it, without an expression's arithmetic.
package func plainNumber(_ text: String) -> Double? {
  guard let first = text.utf8.first(where: { $0 != UInt8(ascii: "-") }),
    first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9") || first == UInt8(ascii: "."),
    !text.utf8.contains(UInt8(ascii: "x"))
  else { return nil }
  return Double(text)
}

/// A number as a person writes it: `64`, `0.0001`.
package func short(_ value: Double) -> String {
  value.rounded() == value && value.magnitude < 1e15 ? String(Int(value)) : "\(value)"
}

/// `'a', 'b' or 'c'`.
package func alternatives(_ names: [String]) -> String {
  let quoted = names.map { "'\($0)'" }
  guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "nothing" }
  return quoted.dropLast().joined(separator: ", ") + " or " + last
}

extension String {
  /// A letter or `_`, then letters, digits or `_`.
  package var isIdentifier: Bool {
    guard let first = utf8.first, !(first >= 0x30 && first <= 0x39) else { return false }
    return utf8.allSatisfy {
      $0 == UInt8(ascii: "_") || $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A
    }
  }
}

/// `'a', 'b', 'c'`.
package func listing(_ names: [String]) -> String {
  names.map { "'\($0)'" }.joined(separator: ", ")
}

/// A list of names as YAML writes it: `[a, b]`.
package func describe(names: [String]) -> String { "[" + names.joined(separator: ", ") + "]" }

/// A shape as diagnostics print it: `[64, 7, 7]`.
package func describe(shape: [Int]) -> String {
  "[" + shape.map(String.init).joined(separator: ", ") + "]"
}
