/// How many columns of a terminal a text takes: most characters one, those of East Asia and pictures two.
package func displayWidth(_ text: String) -> Int {
  text.reduce(0) { $0 + ($1.unicodeScalars.first.map(isWide) == true ? 2 : 1) }
}

/// The beginning of a text, as much as so many columns of a terminal hold.
package func beginning(of text: String, columns: Int) -> String {
  var (result, left) = ("", columns)
  for character in text {
    left -= displayWidth(String(character))
    guard left >= 0 else { break }
    result.append(character)
  }
  return result
}

/// Whether a character that begins with this takes two columns.
private func isWide(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.isEmojiPresentation || wideRanges.contains { $0.contains(scalar.value) }
}

/// The blocks whose characters are wide or full width (Unicode Standard Annex 11).
private let wideRanges: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
  0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
  0x20000...0x3FFFD,
]
