import Diagnostics

/// A word of an expression.
struct ExpressionToken: Hashable {
  enum Kind: Hashable {
    case number(Double)
    case name(String)
    /// An operator, a parenthesis, a comma or `=`.
    case symbol(String)
    case end
  }

  var kind: Kind
  /// Bytes of the text.
  var range: Range<Int>

  /// What an error calls it.
  var description: String {
    switch kind {
    case .number(let value): "'\(value.shortDescription)'"
    case .name(let name): "'\(name)'"
    case .symbol(let symbol): "'\(symbol)'"
    case .end: "the end of the expression"
    }
  }
}

/// Cuts an expression into tokens.
struct ExpressionLexer {
  private let source: LocatedText
  private let bytes: [UInt8]
  private var position = 0
  /// Whether the token before is the point in front of an output, which is one name.
  private var isBehindPoint = false

  init(_ source: LocatedText) {
    self.source = source
    bytes = Array(source.text.utf8)
  }

  /// All tokens, the last being `end`.
  ///
  /// - Throws: a diagnostic at the first character that cannot stand in an expression.
  static func tokens(of source: LocatedText) throws(Diagnostic) -> [ExpressionToken] {
    var lexer = ExpressionLexer(source)
    var tokens: [ExpressionToken] = []
    while let token = try lexer.next() {
      tokens.append(token)
      lexer.isBehindPoint = token.kind == .symbol(".")
    }
    let end = lexer.bytes.count
    tokens.append(ExpressionToken(kind: .end, range: end..<end))
    return tokens
  }

  private mutating func next() throws(Diagnostic) -> ExpressionToken? {
    while let byte = peek(), byte.isSpace { position += 1 }
    guard let byte = peek() else { return nil }
    let start = position
    if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) {
      return try number(from: start)
    }
    if byte.startsName {
      skipName()
      // `affine.weight`: a variable of a layer, one level down.
      while !isBehindPoint, peek() == UInt8(ascii: "."), peek(1)?.startsName == true {
        position += 1
        skipName()
      }
      return ExpressionToken(kind: .name(text(start..<position)), range: start..<position)
    }
    for symbol in Self.symbols where bytes[start...].starts(with: symbol.utf8) {
      position += symbol.utf8.count
      if symbol == "**" {
        throw error("unknown operator '**'", start..<position, hint: "write ^ for a power")
      }
      return ExpressionToken(kind: .symbol(symbol), range: start..<position)
    }
    throw unknownCharacter(at: start)
  }

  /// Longer ones first.
  private static let symbols = [
    "**", "<=", ">=", "==", "!=", "+", "-", "*", "/", "^", "<", ">", "=", "(", ")", ",", "[", "]",
    ".",
  ]

  private mutating func number(from start: Int) throws(Diagnostic) -> ExpressionToken {
    skipDigits()
    if peek() == UInt8(ascii: ".") {
      position += 1
      skipDigits()
    }
    if let e = peek(), e | 0x20 == UInt8(ascii: "e") {
      let signed = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
      if peek(signed ? 2 : 1)?.isDigit == true {
        position += signed ? 2 : 1
        skipDigits()
      }
    }
    let range = start..<position
    if let byte = peek(), byte.startsName || byte == UInt8(ascii: ".") {
      let name = nameText()
      let product = byte.startsName ? "\(text(range))*\(name)" : nil
      throw error(
        "a number must end before '\(name)'", position..<position + 1,
        hint: (Self.plainDigits(text(range), name) ?? product).map { "write \($0)" })
    }
    let digits = text(range)
    // `Double` takes no point without digits behind it: `5.`, `1.e3`.
    let whole = digits.replacing(".e", with: ".0e").replacing(".E", with: ".0E")
    guard let value = Double(whole.hasSuffix(".") ? whole + "0" : whole), value.isFinite else {
      throw error("the number '\(digits)' is out of range", range)
    }
    return ExpressionToken(kind: .number(value), range: range)
  }

  /// The digits of a number that other languages write with `_` between digits, or with a base: `1_000`, `0x1F`.
  ///
  /// `digits` are followed by what looks like a name. Nil where that is none of these.
  private static func plainDigits(_ digits: String, _ name: String) -> String? {
    let rest = name.filter { $0 != "_" }
    if name.hasPrefix("_"), rest.utf8.allSatisfy({ $0.isDigit }) { return digits + rest }
    let bases: [Character: Int] = ["x": 16, "o": 8, "b": 2]
    guard digits == "0", let base = name.lowercased().first.flatMap({ bases[$0] }) else {
      return nil
    }
    return Int(rest.dropFirst(), radix: base).map { String($0) }
  }

  /// The name that starts here, or the character.
  private func nameText() -> String {
    var end = position
    while end < bytes.count, bytes[end].startsName || bytes[end].isDigit { end += 1 }
    return text(position..<max(end, position + 1))
  }

  private func unknownCharacter(at start: Int) -> Diagnostic {
    let rest = String(decoding: bytes[start...], as: UTF8.self)
    let character = rest.first.map(String.init) ?? ""
    let range = start..<min(bytes.count, start + max(1, character.utf8.count))
    let hint: String? =
      switch character {
      case "−", "–": "write the ASCII minus sign -"
      case "·", "×": "write * for a product"
      case "%": "there is no remainder in an expression"
      case "?", ":": "write where(condition, a, b)"
      case "{", "}": "write parentheses ( )"
      case "|": "write norm(v) or abs(v); for 'or' take max of comparisons"
      case "&": "multiply comparisons for 'and'"
      default: nil
      }
    return error("unexpected character '\(character)' in an expression", range, hint: hint)
  }

  private mutating func skipName() {
    while let byte = peek(), byte.startsName || byte.isDigit { position += 1 }
  }

  private mutating func skipDigits() {
    while peek()?.isDigit == true { position += 1 }
  }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < bytes.count ? bytes[position + ahead] : nil
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private func error(_ message: String, _ range: Range<Int>, hint: String? = nil) -> Diagnostic {
    Diagnostic(.error, message, at: source.span(of: range), hint: hint)
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  fileprivate var isSpace: Bool { self == 32 || (self >= 9 && self <= 13) }

  fileprivate var startsName: Bool {
    let lower = self | 0x20
    return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")) || self == UInt8(ascii: "_")
  }
}
