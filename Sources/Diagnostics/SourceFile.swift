/// A text that diagnostics can point into: a spec, an included file, a prelude entry or the value of a `--set` flag.
public final class SourceFile: Hashable, Sendable {
  /// The path as the user wrote it, or a description in angle brackets (`<--set train.total>`).
  public let name: String
  /// The bytes of the text, UTF-8.
  public let bytes: [UInt8]
  /// Byte offsets at which lines start, the first being 0.
  private let lineStarts: [Int]

  /// Makes a file of `text` that diagnostics call `name`.
  public init(name: String, text: String) {
    self.name = name
    bytes = Array(text.utf8)
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    lineStarts = starts
  }

  /// The place of a byte offset: line and column from 1, the column counted in Unicode scalars.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(0, offset), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let column = String(decoding: bytes[lineStarts[low]..<offset], as: UTF8.self).unicodeScalars
      .count
    return (low + 1, column + 1)
  }

  /// The text of a line (from 1) without its line break.
  public func line(_ number: Int) -> String {
    guard number >= 1, number <= lineStarts.count else { return "" }
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
  }

  public static func == (a: SourceFile, b: SourceFile) -> Bool { a === b }

  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
