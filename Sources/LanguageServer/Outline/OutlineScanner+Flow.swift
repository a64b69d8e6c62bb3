/// Lists in brackets and mappings in braces; a comma inside parentheses ends nothing, whatever YAML makes of it.
extension OutlineScanner {
  /// Nobody writes so many brackets around each other; what is deeper is no part of the outline.
  private static let deepestFlow = 64

  /// Reads a list or mapping to its end; one that is not closed ends before a line that belongs to what is around it.
  mutating func flow(at path: [Step], inside column: Int) {
    let isList = next == UInt8(ascii: "[")
    position += 1
    guard flowDepth < Self.deepestFlow else { return }
    flowDepth += 1
    defer { flowDepth -= 1 }
    var index = 0
    while skipToToken(inside: column) {
      switch next.map(Unicode.Scalar.init) {
      case "]", "}":
        position += 1
        return
      case ",":
        position += 1
        index += 1
      default:
        let before = position
        entry(at: isList ? path + [.item(index)] : path, isList: isList, inside: column)
        // Whatever it is, it ends nothing.
        if position == before { position += 1 }
      }
    }
  }

  private mutating func entry(at path: [Step], isList: Bool, inside column: Int) {
    if let key = key(endsAtBrackets: true) {
      let place = path + [.key(text(key.range))]
      words.append(Word(path: place, role: .key, range: key.range, isQuoted: key.isQuoted))
      guard skipToToken(inside: column), let byte = next,
        ![UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains(byte)
      else { return }
      scalar(at: place, mayBeKey: false, inside: column)
    } else {
      scalar(at: path, mayBeKey: !isList, inside: column)
    }
  }

  private mutating func scalar(at path: [Step], mayBeKey: Bool, inside column: Int) {
    switch next.map(Unicode.Scalar.init) {
    case "{", "[": flow(at: path, inside: column)
    case "\"", "'": quoted(at: path)
    default:
      let start = position
      var depth = 0
      while let byte = next, !isAtEndOfLine {
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") { depth -= 1 }
        let isInterpolated = position > start && bytes[position - 1] == UInt8(ascii: "$")
        if depth <= 0, byte == UInt8(ascii: ",") { break }
        if isBracket(byte), !isInterpolated, !closesInterpolation(from: start) { break }
        position += 1
      }
      var end = position
      while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
      guard start < end else { return }
      words.append(Word(path: path, role: .value, range: start..<end, mayBeKey: mayBeKey))
    }
  }

  /// Whether a brace here is the end of a `${`.
  private func closesInterpolation(from start: Int) -> Bool {
    guard bytes[position] == UInt8(ascii: "}") else { return false }
    let open = bytes[start..<position].lastIndex(of: UInt8(ascii: "{"))
    let close = bytes[start..<position].lastIndex(of: UInt8(ascii: "}"))
    return open.map { open in close.map { $0 < open } ?? true } ?? false
  }

  /// Moves to what is no space, comment or line break; `false` at the end of the flow that something around it makes.
  private mutating func skipToToken(inside column: Int) -> Bool {
    while let byte = next {
      if byte == UInt8(ascii: "\n") {
        var indent = position + 1
        while indent < bytes.count, bytes[indent] == UInt8(ascii: " ") { indent += 1 }
        let isBlank =
          indent >= bytes.count || bytes[indent] <= 0x20 || bytes[indent] == UInt8(ascii: "#")
        if !isBlank, indent - position - 1 <= column { return false }
        position += 1
      } else if byte <= 0x20 {
        position += 1
      } else if byte == UInt8(ascii: "#"), isAtEndOfLine {
        while let byte = next, byte != UInt8(ascii: "\n") { position += 1 }
      } else {
        return true
      }
    }
    return false
  }
}
