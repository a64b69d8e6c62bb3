import Diagnostics

extension CheckingContext {
  /// A number of rounds: `20000`, `20k steps`, `4*width steps`.
  package func rounds(_ node: SpecNode, _ what: String, from least: Int) -> Int? {
    guard let text = node.scalar, !node.isNull, node.boolean == nil else {
      error(
        "\(what) must be a number of steps, but found \(node.kindName)", at: node.span,
        hint: "write 20k steps")
      return nil
    }
    var bytes = Array(text.text.utf8)[...]
    func drop(_ suffix: String) -> Bool {
      guard bytes.count > suffix.utf8.count,
        bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
      else { return false }
      bytes.removeLast(suffix.utf8.count)
      return true
    }
    func dropSpaces() { while bytes.last == UInt8(ascii: " ") { bytes.removeLast() } }
    _ = drop(" steps") || drop(" step") || drop(" rounds") || drop(" round")
    dropSpaces()
    var exponent = 0
    // The last letter of a variable's name is no unit.
    let lastWord = String(decoding: bytes, as: UTF8.self).split { !$0.isPartOfWord }.last
    if let first = lastWord?.first, first.isNumber || first == "." {
      if drop("k") { exponent = 3 } else if drop("M") { exponent = 6 }
    }
    var amount = text.slice(0..<bytes.count)
    if let unit = amount.text.split(separator: " ").last,
      ["epochs", "epoch", "kimg"].contains(String(unit))
    {
      error("\(what) counts steps, not \(unit)", at: node.span, hint: "write 20k steps")
      return nil
    }
    // The unit is that of the last number: `5 + 10k` is 10,005, and `64000/2k` is 32.
    if exponent > 0 { amount = amount.withLastNumber(timesTenTo: exponent) }
    let inner = SpecNode(.scalar(amount, isPlain: true), at: node.span)
    guard let rounds = number(inner, what) else { return nil }
    guard rounds.rounded() == rounds, rounds <= 0x1p40, rounds >= Double(least) else {
      let bound = rounds > 0x1p40 ? "at most \(1 << 40)" : "at least \(least)"
      error(
        "\(what) must be a whole number of steps, \(bound), but is \(short(rounds))",
        at: node.span)
      return nil
    }
    return Int(rounds)
  }
}

extension LocatedText {
  /// The text with a power of ten times the number, or the power, that it ends with.
  ///
  /// The number gets an exponent of its own: `16.1e3` is a whole number, and 16.1 times 1000 is not.
  fileprivate func withLastNumber(timesTenTo exponent: Int) -> LocatedText {
    let tokens = (try? ExpressionLexer.tokens(of: self).dropLast()) ?? []
    guard let number = tokens.last, case .number = number.kind else { return self }
    if let base = Self.baseOfLastPower(Array(tokens)) {
      // What ends with a parenthesis may begin anywhere.
      guard base.kind != .symbol(")") else {
        return replacing(from: text.utf8.count, by: "*1e\(exponent)")
      }
      return replacing(from: text.utf8.count, by: "*1e\(exponent))")
        .inserting("(", at: base.range.lowerBound)
    }
    let digits = Array(text.utf8)[number.range]
    let mantissa = digits.prefix { $0 | 0x20 != UInt8(ascii: "e") }
    let own = String(decoding: digits.dropFirst(mantissa.count + 1), as: UTF8.self)
    guard let written = own.isEmpty ? 0 : Int(own) else { return self }
    return replacing(from: mantissa.endIndex, by: "e\(written &+ exponent)")
  }

  /// What the power is of that the tokens end with, `2` of `64/2^-3`; nil where they end with none.
  private static func baseOfLastPower(_ tokens: [ExpressionToken]) -> ExpressionToken? {
    var place = tokens.endIndex - 1
    while true {
      let sign = place > 0 && tokens[place - 1].kind == .symbol("-") ? 1 : 0
      guard place - sign > 1, tokens[place - sign - 1].kind == .symbol("^") else { break }
      place -= sign + 2
    }
    return place == tokens.endIndex - 1 ? nil : tokens[place]
  }

  /// The bytes before `end` with other text behind them, at the place of the last character.
  private func replacing(from end: Int, by more: String) -> LocatedText {
    let place = offsets.last ?? span.start
    return LocatedText(
      text: String(decoding: Array(text.utf8)[..<end], as: UTF8.self) + more, file: file,
      offsets: Array(offsets[..<end]) + Array(repeating: place, count: more.utf8.count),
      span: span)
  }

  /// The text with a character before a byte, at the place of that.
  private func inserting(_ character: Character, at byte: Int) -> LocatedText {
    var (bytes, places) = (Array(text.utf8), offsets)
    bytes.insert(contentsOf: String(character).utf8, at: byte)
    places.insert(offsets[byte], at: byte)
    return LocatedText(
      text: String(decoding: bytes, as: UTF8.self), file: file, offsets: places, span: span)
  }
}

extension Character {
  /// Whether it can stand within a number or a name.
  fileprivate var isPartOfWord: Bool { isLetter || isNumber || self == "_" || self == "." }
}
