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
    var factor = 1.0
    // The last letter of a variable's name is no unit.
    let lastWord = String(decoding: bytes, as: UTF8.self).split { !$0.isPartOfWord }.last
    if let first = lastWord?.first, first.isNumber || first == "." {
      if drop("k") { factor = 1e3 } else if drop("M") { factor = 1e6 }
    }
    var amount = text.slice(0..<bytes.count)
    if let unit = amount.text.split(separator: " ").last,
      ["epochs", "epoch", "kimg"].contains(String(unit))
    {
      error("\(what) counts steps, not \(unit)", at: node.span, hint: "write 20k steps")
      return nil
    }
    if factor != 1, plainNumber(amount.text) == nil {
      // Of a sum the unit is that of the last number: `5 + 10k` is 10,005.
      amount = amount.followed(by: "*\(factor)")
      factor = 1
    }
    let inner = SpecNode(.scalar(amount, isPlain: true), at: node.span)
    guard let value = number(inner, what) else { return nil }
    let rounds = value * factor
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
  /// The text with more behind it, at the place of its last character.
  fileprivate func followed(by more: String) -> LocatedText {
    let place = offsets.last ?? span.start
    return LocatedText(
      text: text + more, file: file,
      offsets: offsets + Array(repeating: place, count: more.utf8.count), span: span)
  }
}

extension Character {
  /// Whether it can stand within a number or a name.
  fileprivate var isPartOfWord: Bool { isLetter || isNumber || self == "_" || self == "." }
}
