import Diagnostics
import JSON

/// Messages of the checker as editors show them.
struct DiagnosticPrinter {
  /// What editors call the file of this name.
  let uri: (String) -> String?
  /// The texts that places were counted in so far, by file.
  private var texts: [SourceFile: EditedText] = [:]

  init(uri: @escaping (String) -> String?) { self.uri = uri }

  /// The message; nil where it is about nothing that an editor could show.
  mutating func json(_ diagnostic: Diagnostic) -> JSONValue {
    let severity: Int
    switch diagnostic.level {
    case .error: severity = 1
    case .warning: severity = 2
    case .note: severity = 3
    }
    var members: [(String, JSONValue)] = [
      ("range", range(diagnostic.span)), ("severity", .integer(severity)),
      ("source", .text("advas")), ("message", .text(Self.text(diagnostic))),
    ]
    let related = diagnostic.notes.compactMap { location(of: $0) }
    if !related.isEmpty { members.append(("relatedInformation", .list(related))) }
    return .object(members)
  }

  /// The message, and below it how to mend it.
  private static func text(_ diagnostic: Diagnostic) -> String {
    diagnostic.message + (diagnostic.hint.map { "\n" + $0 } ?? "")
  }

  private mutating func location(of note: Diagnostic) -> JSONValue? {
    guard let span = note.span, let uri = uri(span.file.name) else { return nil }
    return .object([
      ("location", .object([("uri", .text(uri)), ("range", range(span))])),
      ("message", .text(Self.text(note))),
    ])
  }

  /// What the commands underline: the span as far as it stands in its first line.
  mutating func range(_ span: SourceSpan?) -> JSONValue {
    guard let span else {
      return .range(Position(line: 0, character: 0), Position(line: 0, character: 0))
    }
    let text = texts[span.file] ?? EditedText(span.file.bytes)
    texts[span.file] = text
    let start = text.position(of: span.start)
    let end = min(max(span.start, span.end), text.line(start.line).upperBound)
    return .range(start, text.position(of: max(end, span.start)))
  }
}
