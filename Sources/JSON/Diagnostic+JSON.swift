import Diagnostics

extension Diagnostic {
  /// The message for other programs: level, message, and where there are such file, line, column, hint and notes.
  package var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("level", .text(level.rawValue)), ("message", .text(message)),
    ]
    if let span {
      let (line, column) = span.file.position(of: span.start)
      let (endLine, endColumn) = span.file.position(of: span.end)
      members += [
        ("file", .text(span.file.name)), ("line", .integer(line)), ("column", .integer(column)),
        ("end_line", .integer(endLine)), ("end_column", .integer(endColumn)),
      ]
    }
    if let hint { members.append(("hint", .text(hint))) }
    if !notes.isEmpty { members.append(("notes", .list(notes.map(\.json)))) }
    return .object(members)
  }
}

extension DiagnosticBag {
  /// A line of JSON for each message.
  package var jsonLines: String { sorted.map(\.json.line).joined(separator: "\n") }
}
