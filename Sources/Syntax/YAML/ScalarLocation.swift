/// Finds, for each byte of a scalar's value, the byte of the file that it comes from.
///
/// libyaml gives the value and the range of the source; quoting, escapes and folding lie between them. Characters
/// that are not white space appear in the same order in both, so they are matched one by one; runs of white space are
/// matched from their end, which keeps the indentation of literal blocks exact.
struct ScalarLocation {
  private let source: ArraySlice<UInt8>
  private let style: YAMLEvent.Style
  private var position: Int

  /// Byte offsets in the file of the bytes of `value`; `source` is the scalar as written, quotes and header included.
  static func offsets(of value: [UInt8], in source: ArraySlice<UInt8>, style: YAMLEvent.Style)
    -> [Int]
  {
    var location = ScalarLocation(source: source, style: style)
    return location.match(value)
  }

  private init(source: ArraySlice<UInt8>, style: YAMLEvent.Style) {
    self.source = source
    self.style = style
    position = source.startIndex
    switch style {
    case .plain: break
    case .singleQuoted, .doubleQuoted: position = min(position + 1, source.endIndex)
    case .literal, .folded:
      position = source.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? source.endIndex
    }
  }

  private mutating func match(_ value: [UInt8]) -> [Int] {
    var offsets: [Int] = []
    offsets.reserveCapacity(value.count)
    while offsets.count < value.count {
      let index = offsets.count
      if position < source.endIndex, style == .doubleQuoted, source[position] == UInt8(ascii: "\\")
      {
        matchEscape(value, &offsets)
      } else if Self.isSpace(value[index]) {
        matchSpaces(value, &offsets)
      } else {
        skipSpaces()
        if position < source.endIndex, style == .doubleQuoted,
          source[position] == UInt8(ascii: "\\")
        {
          continue
        }
        offsets.append(min(position, source.endIndex - 1))
        let isDoubledQuote = style == .singleQuoted && value[index] == UInt8(ascii: "'")
        position = min(position + (isDoubledQuote ? 2 : 1), source.endIndex)
      }
    }
    return offsets
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
      || byte == UInt8(ascii: "\r")
  }

  private mutating func skipSpaces() {
    while position < source.endIndex {
      if Self.isSpace(source[position]) {
        position += 1
      } else if source[position...].starts(with: Self.nextLine) {
        position += Self.nextLine.count
      } else {
        return
      }
    }
  }

  /// U+0085, a line break to libyaml, which the value has as a space or as `\n`.
  private static let nextLine: [UInt8] = [0xC2, 0x85]

  /// A run of white space in the value stands for one in the source, which folding and indentation may have made longer.
  private mutating func matchSpaces(_ value: [UInt8], _ offsets: inout [Int]) {
    let first = offsets.count
    var end = first
    while end < value.count, Self.isSpace(value[end]) { end += 1 }
    let start = position
    skipSpaces()
    guard position > start else {
      // An escaped space (`\t`) continues the run: leave it to `matchEscape`.
      offsets.append(min(position, source.endIndex - 1))
      return
    }
    // As many as the source has before an escape or the next character.
    var matched = Array(repeating: start, count: end - first)
    var cursor = position
    for index in stride(from: matched.count - 1, through: 0, by: -1) {
      var candidate = cursor - 1
      while candidate > start, source[candidate] != value[first + index] { candidate -= 1 }
      if candidate < start { candidate = start }
      matched[index] = candidate
      cursor = max(start, candidate)
    }
    let escapeFollows =
      style == .doubleQuoted && position < source.endIndex && source[position] == UInt8(ascii: "\\")
    offsets += escapeFollows ? Array(matched.prefix(min(matched.count, position - start))) : matched
  }

  /// `\n`, `\x41`, `\u00e9`, or an escaped line break, which yields nothing.
  private mutating func matchEscape(_ value: [UInt8], _ offsets: inout [Int]) {
    let start = position
    let kind = position + 1 < source.endIndex ? source[position + 1] : 0
    switch kind {
    case UInt8(ascii: "x"): position += 4
    case UInt8(ascii: "u"): position += 6
    case UInt8(ascii: "U"): position += 10
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      position += 1
      skipSpaces()
      return
    default: position += 2
    }
    position = min(position, source.endIndex)
    repeat {
      offsets.append(start)
    } while offsets.count < value.count
      && value[offsets.count] & 0xC0 == 0x80
  }
}
