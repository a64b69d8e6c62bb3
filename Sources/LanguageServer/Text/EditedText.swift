/// A text that changes in places, with its lines; bytes are UTF-8, places of the protocol UTF-16.
///
/// Lines end in `\n`, `\r\n` or `\r`, as the protocol has it.
struct EditedText {
  private(set) var bytes: [UInt8]
  /// Where lines start, the first at 0.
  private var lineStarts: [Int] = [0]

  init(_ text: String) { self.init(Array(text.utf8)) }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    findLines()
  }

  var string: String { String(decoding: bytes, as: UTF8.self) }

  var lineCount: Int { lineStarts.count }

  /// The bytes of a line, from 0, without its end.
  func line(_ number: Int) -> Range<Int> {
    let start = lineStarts[number]
    var end = number + 1 < lineStarts.count ? lineStarts[number + 1] : bytes.count
    while end > start, [UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(bytes[end - 1]) {
      end -= 1
    }
    return start..<end
  }

  /// The byte at a place; one behind the end of a line is its end, one behind the last line the end of all.
  func offset(of position: Position) -> Int {
    guard position.line < lineStarts.count else { return bytes.count }
    let line = line(position.line)
    var offset = line.lowerBound
    var units = 0
    while offset < line.upperBound {
      let length = Self.length(ofScalarAt: bytes[offset])
      units += length == 4 ? 2 : 1
      // Half a pair of surrogates is before the character.
      if units > position.character { break }
      offset += length
    }
    return min(offset, line.upperBound)
  }

  /// The place of a byte.
  func position(of offset: Int) -> Position {
    let offset = min(max(0, offset), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let text = bytes[lineStarts[low]..<offset]
    let units = text.reduce(0) { units, byte in
      byte & 0xC0 == 0x80 ? units : units + (byte >= 0xF0 ? 2 : 1)
    }
    return Position(line: low, character: units)
  }

  /// Puts a text in place of what stands between two places.
  mutating func replace(from start: Position, to end: Position, with text: String) {
    let (first, last) = (offset(of: start), offset(of: end))
    bytes.replaceSubrange(min(first, last)..<max(first, last), with: Array(text.utf8))
    findLines()
  }

  private mutating func findLines() {
    lineStarts = [0]
    for (index, byte) in bytes.enumerated() {
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") && next != UInt8(ascii: "\n") {
        lineStarts.append(index + 1)
      }
    }
  }

  /// Bytes of the character whose first one this is.
  private static func length(ofScalarAt byte: UInt8) -> Int {
    byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
  }
}
