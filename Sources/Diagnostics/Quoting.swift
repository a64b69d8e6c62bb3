/// `text` in single quotes, fit for a terminal: control characters escaped, at most 200 characters.
package func quoted(_ text: String) -> String {
  let scalars = text.unicodeScalars
  guard scalars.count > 200 else { return "'\(printable(text))'" }
  return "'\(printable(String(scalars.prefix(200))))...'"
}

/// `text` fit for a line of a terminal: with other texts, by default escapes, in place of control characters.
func printable(
  _ text: String,
  with replacement: (Unicode.Scalar) -> String = { $0.escape }
) -> String {
  guard text.unicodeScalars.contains(where: \.isControl) else { return text }
  return text.unicodeScalars.map { $0.isControl ? replacement($0) : String($0) }.joined()
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { value < 0x20 || (0x7f..<0xa0).contains(value) }

  /// The character as a text in double quotes has it: `\n`, `\u{1b}`.
  fileprivate var escape: String {
    switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(value, radix: 16))}"
    }
  }
}
