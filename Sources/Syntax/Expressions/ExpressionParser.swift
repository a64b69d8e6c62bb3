import Diagnostics

/// Reads the text of an expression into a tree, by operator precedence (Pratt 1973).
public struct ExpressionParser {
  /// Levels of nesting that an expression may have; it bounds the recursion of every later stage.
  public static let depthLimit = 200

  private let source: LocatedText
  private let tokens: [ExpressionToken]
  private var index = 0
  private var nesting = 0

  /// Returns the tree of `source`.
  ///
  /// - Throws: a diagnostic at the first place where the text is no expression.
  public static func parse(_ source: LocatedText) throws(Diagnostic) -> ExpressionSyntax {
    var parser = try ExpressionParser(source)
    guard parser.tokens.count > 1 else {
      throw Diagnostic(.error, "expected an expression, found an empty text", at: source.span)
    }
    let tree = try parser.expression(above: 0)
    guard parser.token.kind == .end else { throw parser.unexpected() }
    return tree
  }

  private init(_ source: LocatedText) throws(Diagnostic) {
    self.source = source
    tokens = try ExpressionLexer.tokens(of: source)
  }

  private var token: ExpressionToken { tokens[index] }

  /// An expression whose operators all bind at least as tightly as `level`.
  private mutating func expression(above level: Int) throws(Diagnostic) -> ExpressionSyntax {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.depthLimit else { throw tooDeep(token.range) }
    var left = try outputs(of: try operand())
    while case .symbol(let symbol) = token.kind, let op = BinaryOperator(rawValue: symbol),
      op.precedence >= level
    {
      let anchor = token.range
      index += 1
      let right = try expression(above: op == .power ? op.precedence : op.precedence + 1)
      left = try node(
        .binary(op, left, right), left.range.lowerBound..<right.range.upperBound, anchor)
      if op.isComparison, case .symbol(let next) = token.kind,
        BinaryOperator(rawValue: next)?.isComparison == true
      {
        throw error(
          "comparisons do not chain", token.range, hint: "multiply them: (a < b)*(b < c)")
      }
    }
    return left
  }

  private mutating func operand() throws(Diagnostic) -> ExpressionSyntax {
    let first = token
    switch first.kind {
    case .number(let value):
      index += 1
      return try node(.number(value), first.range)
    case .name(let name):
      index += 1
      guard token.kind == .symbol("(") else { return try node(.name(name), first.range) }
      let arguments = try argumentList()
      let end = tokens[index - 1].range.upperBound
      return try node(.call(name, arguments), first.range.lowerBound..<end, first.range)
    case .symbol("-"):
      index += 1
      let operand = try expression(above: negationPrecedence)
      let range = first.range.lowerBound..<operand.range.upperBound
      return try node(.negate(operand), range, first.range)
    case .symbol("("):
      index += 1
      var inner = try expression(above: 0)
      try close(first)
      inner.range = first.range.lowerBound..<tokens[index - 1].range.upperBound
      return inner
    case .symbol("["): return try list()
    default: throw unexpected("a value")
    }
  }

  /// The value, or what `.name` behind it chooses of several.
  private mutating func outputs(
    of value: ExpressionSyntax
  ) throws(Diagnostic) -> ExpressionSyntax {
    var value = value
    while token.kind == .symbol(".") {
      index += 1
      guard case .name(let name) = token.kind else { throw unexpected("the name of an output") }
      let range = token.range
      index += 1
      value = try node(
        .member(value, name), value.range.lowerBound..<range.upperBound, range)
    }
    return value
  }

  /// `[a, b]`, from the opening to behind the closing bracket.
  private mutating func list() throws(Diagnostic) -> ExpressionSyntax {
    let opening = token
    index += 1
    var items: [ExpressionSyntax] = []
    while token.kind != .symbol("]") {
      items.append(try expression(above: 0))
      guard token.kind == .symbol(",") else { break }
      index += 1
    }
    try close(opening, with: "]")
    return try node(.list(items), opening.range.lowerBound..<tokens[index - 1].range.upperBound)
  }

  /// `(a, label=b)`, from the opening to behind the closing parenthesis.
  private mutating func argumentList() throws(Diagnostic) -> [ExpressionSyntax.Argument] {
    let opening = token
    index += 1
    var arguments: [ExpressionSyntax.Argument] = []
    if token.kind != .symbol(")") {
      arguments.append(try argument())
      while token.kind == .symbol(",") {
        index += 1
        arguments.append(try argument())
      }
    }
    try close(opening)
    return arguments
  }

  private mutating func argument() throws(Diagnostic) -> ExpressionSyntax.Argument {
    guard case .name(let label) = token.kind, tokens[index + 1].kind == .symbol("=") else {
      return ExpressionSyntax.Argument(value: try expression(above: 0))
    }
    let range = token.range
    index += 2
    return ExpressionSyntax.Argument(
      label: label, value: try expression(above: 0), labelRange: range)
  }

  private mutating func close(
    _ opening: ExpressionToken, with symbol: String = ")"
  ) throws(Diagnostic) {
    guard token.kind == .symbol(symbol) else {
      var diagnostic = unexpected("'\(symbol)' or an operator")
      diagnostic.notes.append(
        Diagnostic(
          .note, "to match this \(opening.description)", at: source.span(of: opening.range)))
      throw diagnostic
    }
    index += 1
  }

  private func node(
    _ form: ExpressionSyntax.Form, _ range: Range<Int>, _ anchor: Range<Int>? = nil
  ) throws(Diagnostic) -> ExpressionSyntax {
    let tree = ExpressionSyntax(form, range: range, anchor: anchor)
    guard tree.depth <= Self.depthLimit else { throw tooDeep(anchor ?? range) }
    return tree
  }

  private func tooDeep(_ range: Range<Int>) -> Diagnostic {
    error(
      "the expression is nested more than \(Self.depthLimit) levels deep", range,
      hint: "name parts of it in 'let'")
  }

  /// An error at the current token, where `expected` should stand.
  private func unexpected(_ expected: String = "an operator") -> Diagnostic {
    let hint: String? =
      switch token.kind {
      case .symbol("="): "write == to compare; 'name=value' is for arguments of a call"
      case .symbol("+") where expected == "a value": "leave out the plus sign"
      case .name, .number: expected == "a value" ? nil : "write * for a product"
      default: nil
      }
    return error("expected \(expected), found \(token.description)", token.range, hint: hint)
  }

  private func error(_ message: String, _ range: Range<Int>, hint: String? = nil) -> Diagnostic {
    Diagnostic(.error, message, at: source.span(of: range), hint: hint)
  }
}
