import Diagnostics

extension YAMLProblem {
  /// The problem in the words of someone who writes a spec.
  func diagnostic(in file: SourceFile) -> Diagnostic {
    let place = SourceSpan(file, min(offset, file.bytes.count), min(offset + 1, file.bytes.count))
    if let cut = cutExpression(in: file, near: place) { return cut }
    let byte = offset < file.bytes.count ? file.bytes[offset] : 0
    if byte == UInt8(ascii: "\t") {
      return Diagnostic(.error, "a tab cannot indent YAML", at: place, hint: "use spaces")
    }
    let note = contextNote(in: file)
    switch problem {
    case "did not find expected key", "did not find expected '-' indicator",
      "did not find expected <document start>":
      return Diagnostic(
        .error, "bad indentation: this line does not line up with those above it", at: place,
        hint: "give all entries of one mapping or list the same indentation", notes: note)
    case "mapping values are not allowed in this context":
      return Diagnostic(
        .error, "a ':' is not allowed here", at: place,
        hint:
          "check the indentation of this line and the one above; quote a value that contains ': '",
        notes: note)
    case "could not find expected ':'":
      return Diagnostic(
        .error, "this line has no ':' behind its key", at: note.first?.span ?? place,
        hint: "write 'key: value'")
    case "found character that cannot start any token":
      return Diagnostic(
        .error, "a value cannot start with '\(place.text)'", at: place, hint: "quote it",
        notes: note)
    case "found unexpected end of stream":
      return Diagnostic(.error, "the file ends inside a quoted value", at: place, notes: note)
    case "did not find expected ',' or '}'", "did not find expected ',' or ']'":
      return Diagnostic(
        .error, problem, at: place,
        hint: "close the bracket, or quote a value that contains '{', '}', '[', ']' or ':'",
        notes: note)
    default: return Diagnostic(.error, "not valid YAML: \(problem)", at: place, notes: note)
    }
  }

  private func contextNote(in file: SourceFile) -> [Diagnostic] {
    guard let context, contextOffset < offset else { return [] }
    let span = SourceSpan(file, contextOffset, min(contextOffset + 1, file.bytes.count))
    return [Diagnostic(.note, "\(context) that starts here", at: span)]
  }

  /// An unquoted expression that YAML took for something else: `*x + 1`, `&x`, `x ? 1 : 2`, `${width}` inside braces.
  private func cutExpression(in file: SourceFile, near place: SourceSpan) -> Diagnostic? {
    if let cut = cutInterpolation(in: file) { return cut }
    for number in [place.line, place.line - 1] where number >= 1 {
      let line = file.line(number)
      let value = valueStart(of: line)
      let rest = line[value...]
      let reason: String
      if rest.hasPrefix("*") || rest.hasPrefix("&"), !isReference(rest) {
        reason =
          "YAML reads a leading '\(rest.prefix(1))' as \(rest.hasPrefix("*") ? "an alias" : "an anchor")"
      } else if number == place.line, let mark = rest.firstRange(of: " ? "),
        rest[mark.upperBound...].contains(":")
      {
        reason = "YAML reads 'a ? b : c' as a key; the choice is written where(a, b, c)"
      } else {
        continue
      }
      let start = place.lineStart(number) + line[..<value].utf8.count
      let end = start + rest.utf8.count
      return Diagnostic(
        .error, reason, at: SourceSpan(file, start, end), hint: "quote this expression")
    }
    return nil
  }

  /// `${width}` inside braces or brackets, where the fault is its brace; elsewhere in the line one does no harm.
  private func cutInterpolation(in file: SourceFile) -> Diagnostic? {
    guard offset > 0, offset < file.bytes.count, file.bytes[offset] == UInt8(ascii: "{"),
      file.bytes[offset - 1] == UInt8(ascii: "$")
    else { return nil }
    let line = file.bytes[offset...].prefix { $0 != UInt8(ascii: "\n") }
    let end = line.firstIndex(of: UInt8(ascii: "}")).map { $0 + 1 } ?? line.endIndex
    return Diagnostic(
      .error, "YAML reads the '{' of '${' as the start of a mapping here",
      at: SourceSpan(file, offset - 1, end), hint: "quote this expression")
  }

  /// Whether the text is what YAML reads it as: an alias by itself, or an anchor, before a value or not.
  private func isReference(_ text: Substring) -> Bool {
    let name = text.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    guard !name.isEmpty else { return false }
    let rest = text[name.endIndex...]
    if text.hasPrefix("&") { return rest.isEmpty || rest.hasPrefix(" ") }
    guard let next = rest.first(where: { $0 != " " }) else { return true }
    return ",]}#".contains(next)
  }

  /// Where the value of a `key: value` or `- value` line starts.
  private func valueStart(of line: String) -> String.Index {
    if let colon = line.firstRange(of: ": ") {
      return line[colon.upperBound...].firstIndex { $0 != " " } ?? line.endIndex
    }
    return line.firstIndex { $0 != " " && $0 != "-" } ?? line.startIndex
  }
}

extension SourceSpan {
  /// Byte offset at which line `number` starts, which is the span's line or the one before it.
  fileprivate func lineStart(_ number: Int) -> Int {
    var offset = start
    var current = line
    while offset > 0 {
      if file.bytes[offset - 1] == UInt8(ascii: "\n") {
        if current == number { return offset }
        current -= 1
      }
      offset -= 1
    }
    return 0
  }
}
