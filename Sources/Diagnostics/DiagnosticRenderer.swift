extension Diagnostic {
  /// The message as a terminal shows it: place, level, text, then the source line with a caret.
  ///
  ///     spec.yaml:14:9: error: unknown key 'slpoe' in layer 'leaky_relu'
  ///        14 |         slpoe: 0.2
  ///           |         ^~~~~ did you mean 'slope'?
  public var rendered: String {
    var text = ""
    if let span {
      text = printable("\(span.description): \(level.rawValue): \(message)") + "\n"
      text += excerpt(of: span)
    } else {
      text = printable("\(level.rawValue): \(message)")
      if let hint { text += "\n  " + printable(hint) }
    }
    for note in notes { text += "\n" + note.rendered }
    return text
  }

  /// The source line of `span` and, below it, a caret under its first character.
  private func excerpt(of span: SourceSpan) -> String {
    let (line, column) = span.file.position(of: span.start)
    let source = span.file.line(line)
    let number = String(line)
    let gutter = String(repeating: " ", count: max(0, 5 - number.count)) + number
    let lead = source.unicodeScalars.prefix(column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
    let rest = max(1, source.unicodeScalars.count - column + 1)
    let width = min(rest, max(1, span.text.unicodeScalars.count))
    let caret = "^" + String(repeating: "~", count: width - 1)
    let blank = String(repeating: " ", count: gutter.count)
    // One column for one character, so that the caret stays below its own.
    let shown = printable(source) { $0 == "\t" ? "\t" : "\u{FFFD}" }
    return "\(gutter) | \(shown)\n\(blank) | \(lead)\(caret)"
      + (hint.map { " " + printable($0) } ?? "")
  }
}

extension DiagnosticBag {
  /// All messages, one below the other.
  public var rendered: String { sorted.map(\.rendered).joined(separator: "\n") }
}
