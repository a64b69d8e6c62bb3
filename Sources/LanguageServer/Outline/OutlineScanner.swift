/// Walks through a text line by line and notes its words.
struct OutlineScanner {
  typealias Step = Outline.Step
  typealias Word = Outline.Word

  /// A mapping or list whose entries begin at one column.
  private struct Block {
    var isList: Bool
    var column: Int
    /// Where the whole stands.
    var path: [Step]
    /// The entry that is being read.
    var step: Step?

    var entry: [Step] { path + (step.map { [$0] } ?? []) }
  }

  /// A line that begins an entry of a mapping or list.
  struct Line {
    /// Its first byte.
    var start: Int
    /// Spaces before its first word or dash.
    var indent: Int
    /// Mappings and lists around the entry, without its own.
    var depth: Int
  }

  let bytes: [UInt8]
  private(set) var lines: [Line] = []
  var words: [Word] = []
  var position = 0
  /// Brackets and braces around the position.
  var flowDepth = 0
  private var blocks: [Block] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func scan() {
    while position < bytes.count {
      let start = position
      skip(UInt8(ascii: " "))
      if !isAtEndOfLine, !isAt("---"), !isAt("...") {
        line(from: start)
      }
      toNextLine()
    }
  }

  // MARK: Lines

  private mutating func line(from start: Int) {
    let indent = position - start
    while next == UInt8(ascii: "-"), isSpace(position + 1) {
      item(at: position - start)
      noteLine(start, indent)
      position += 1
      skip(UInt8(ascii: " "))
    }
    guard !isAtEndOfLine else { return }
    let column = position - start
    if let key = key(endsAtBrackets: false) {
      enter(key, at: column)
      noteLine(start, indent)
      value(at: path, inside: column)
    } else {
      leave(column: column)
      let isFirst = bytes[start..<position].allSatisfy { $0 == UInt8(ascii: " ") }
      let isSibling = blocks.last.map { !$0.isList && $0.column == column } ?? true
      let place = isSibling ? blocks.last?.path ?? [] : path
      value(at: place, inside: blocks.last?.column ?? -1, mayBeKey: isFirst || !isSibling)
    }
  }

  /// Notes the first entry that a line begins.
  private mutating func noteLine(_ start: Int, _ indent: Int) {
    guard lines.last?.start != start else { return }
    lines.append(Line(start: start, indent: indent, depth: blocks.count - 1))
  }

  /// Where the entry stands that is being read.
  private var path: [Step] { blocks.last?.entry ?? [] }

  private mutating func leave(column: Int) {
    while let last = blocks.last, last.column > column || last.column == column && last.isList {
      blocks.removeLast()
    }
  }

  private mutating func item(at column: Int) {
    while let last = blocks.last, last.column > column { blocks.removeLast() }
    if let last = blocks.last, last.isList, last.column == column {
      if case .item(let index)? = last.step { blocks[blocks.count - 1].step = .item(index + 1) }
    } else {
      blocks.append(Block(isList: true, column: column, path: path, step: .item(0)))
    }
  }

  private mutating func enter(_ key: (range: Range<Int>, isQuoted: Bool), at column: Int) {
    leave(column: column)
    if blocks.last.map({ $0.isList || $0.column != column }) ?? true {
      blocks.append(Block(isList: false, column: column, path: path))
    }
    blocks[blocks.count - 1].step = .key(text(key.range))
    words.append(Word(path: path, role: .key, range: key.range, isQuoted: key.isQuoted))
  }

  // MARK: Values

  /// Reads what stands behind a key or a dash; `column` is that of what it belongs to, which ends it.
  private mutating func value(at path: [Step], inside column: Int, mayBeKey: Bool = false) {
    skipSpaces()
    while next == UInt8(ascii: "&") || next == UInt8(ascii: "!") {
      while position < bytes.count, !isSpace(position) { position += 1 }
      skipSpaces()
    }
    switch next.map(Unicode.Scalar.init) {
    case nil, "\n", "\r", "#": return
    case "{", "[":
      flow(at: path, inside: column)
    case "|", ">": block(at: path, inside: column)
    case "\"", "'": quoted(at: path)
    default:
      let start = position
      while position < bytes.count, !isAtEndOfLine { position += 1 }
      var end = position
      while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
      words.append(Word(path: path, role: .value, range: start..<end, mayBeKey: mayBeKey))
    }
  }

  /// A literal or folded text: all lines that are indented more.
  private mutating func block(at path: [Step], inside column: Int) {
    toNextLine()
    let start = position
    var end = position
    while position < bytes.count {
      let line = position
      skip(UInt8(ascii: " "))
      let isBlank = next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") || next == nil
      guard isBlank || position - line > column else {
        position = line
        break
      }
      while let byte = next, byte != UInt8(ascii: "\n") { position += 1 }
      if !isBlank { end = position }
      if position < bytes.count { position += 1 }
    }
    words.append(Word(path: path, role: .value, range: start..<max(start, end), isQuoted: true))
    // The caller goes on behind the line break.
    if bytes[position - 1] == UInt8(ascii: "\n") { position -= 1 }
  }

  mutating func quoted(at path: [Step]) {
    let range = quotation()
    words.append(Word(path: path, role: .value, range: range, isQuoted: true))
  }

  /// What stands between quotes, which may be missing at the end of a line.
  mutating func quotation() -> Range<Int> {
    let quote = bytes[position]
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != quote, bytes[position] != UInt8(ascii: "\n") {
      let isEscape = quote == UInt8(ascii: "\"") && bytes[position] == UInt8(ascii: "\\")
      position += isEscape && position + 1 < bytes.count ? 2 : 1
    }
    let end = position
    if next == quote { position += 1 }
    return start..<end
  }

  /// The key that begins here, up to its colon; nil, and nothing is read, where there is none.
  mutating func key(endsAtBrackets: Bool) -> (range: Range<Int>, isQuoted: Bool)? {
    let start = position
    var range = start..<start
    let isQuoted = next == UInt8(ascii: "\"") || next == UInt8(ascii: "'")
    if isQuoted {
      range = quotation()
      skipSpaces()
    } else if let byte = next, ![UInt8(ascii: "{"), UInt8(ascii: "[")].contains(byte) {
      var depth = 0
      while position < bytes.count, !isAtEndOfLine, !isAtColon(endsAtBrackets) {
        let byte = bytes[position]
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") { depth -= 1 }
        if endsAtBrackets, byte == UInt8(ascii: ",") && depth <= 0 || isBracket(byte) { break }
        position += 1
      }
      range = start..<position
    }
    guard isAtColon(endsAtBrackets), !range.isEmpty else {
      position = start
      return nil
    }
    position += 1
    return (range, isQuoted)
  }
}

// MARK: - Bytes

extension OutlineScanner {
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  func isBracket(_ byte: UInt8) -> Bool {
    [UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]")].contains(byte)
  }

  /// Whether a space, a line break or the end of the text is there.
  func isSpace(_ index: Int) -> Bool { index >= bytes.count || bytes[index] <= 0x20 }

  /// Whether a colon ends a key here; in braces one may stand right before them.
  private func isAtColon(_ inBrackets: Bool) -> Bool {
    guard next == UInt8(ascii: ":") else { return false }
    let after = position + 1
    return isSpace(after)
      || inBrackets && (isBracket(bytes[after]) || bytes[after] == UInt8(ascii: ","))
  }

  /// Whether nothing but a comment follows in the line.
  var isAtEndOfLine: Bool {
    guard let byte = next else { return true }
    if byte == UInt8(ascii: "#") { return position == 0 || bytes[position - 1] <= 0x20 }
    return byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private func isAt(_ text: String) -> Bool {
    bytes[position...].starts(with: text.utf8)
      && (position == 0 || bytes[position - 1] == UInt8(ascii: "\n"))
  }

  private mutating func skip(_ byte: UInt8) { while next == byte { position += 1 } }

  mutating func skipSpaces() {
    while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { position += 1 }
  }

  private mutating func toNextLine() {
    while let byte = next, byte != UInt8(ascii: "\n") { position += 1 }
    if position < bytes.count { position += 1 }
  }
}
