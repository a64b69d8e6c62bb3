import Diagnostics

/// The text of a YAML scalar together with the place of each of its bytes in the file, so that an error inside an
/// expression points at the very character, whatever quoting or folding the YAML used.
public struct LocatedText: Hashable, Sendable {
  public let text: String
  public let file: SourceFile
  /// For each UTF-8 byte of `text`, its byte offset in the file.
  public let offsets: [Int]
  /// The whole scalar, quotes included.
  public let span: SourceSpan

  public init(text: String, file: SourceFile, offsets: [Int], span: SourceSpan) {
    self.text = text
    self.file = file
    self.offsets = offsets
    self.span = span
  }

  /// The place of bytes `range` of the text; an empty range behind the end points behind the last character.
  public func span(of range: Range<Int>) -> SourceSpan {
    guard !offsets.isEmpty else { return span }
    let start =
      range.lowerBound < offsets.count ? offsets[range.lowerBound] : offsets[offsets.count - 1] + 1
    let last = min(max(range.upperBound, range.lowerBound + 1), offsets.count) - 1
    return SourceSpan(file, start, max(start, offsets[last] + 1))
  }
}

extension LocatedText {
  /// A part of the text, placed where it stands.
  package func slice(_ range: Range<Int>) -> LocatedText {
    let bytes = Array(text.utf8)[range]
    return LocatedText(
      text: String(decoding: bytes, as: UTF8.self), file: file, offsets: Array(offsets[range]),
      span: span(of: range))
  }

  /// What the key of a definition calls it, placed where it stands.
  package var definedName: LocatedText { slice(0..<text.definedName.utf8.count) }

  /// The names that stand in the text, whatever they mean there.
  package var identifiers: Set<String> {
    Set(
      text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        .filter(\.isIdentifier))
  }
}
