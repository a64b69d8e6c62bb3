import Console
import Diagnostics
import JSON

/// The files that nodes come from: the spec, what it includes, entries of the prelude.
struct SourceTable {
  private var indices: [SourceFile: Int] = [:]
  private(set) var files: [SourceFile] = []

  /// Begins with the spec's own file, whether nodes come from it or not.
  init(_ spec: SourceFile?) {
    if let spec { _ = index(of: spec) }
  }

  /// File, line and column of a node's place, the latter from 1.
  mutating func place(of span: SourceSpan) -> JSONValue {
    let (line, column) = span.file.position(of: span.start)
    return .list([.integer(index(of: span.file)), .integer(line), .integer(column)])
  }

  private mutating func index(of file: SourceFile) -> Int {
    if let index = indices[file] { return index }
    indices[file] = files.count
    files.append(file)
    return files.count - 1
  }

  var json: JSONValue {
    .list(
      files.map { file in
        .object([
          ("name", .text(file.name)),
          ("lines", .list(Self.lines(of: file).map(JSONValue.text))),
        ])
      })
  }

  /// Lines end where those of places do, at line feeds: a carriage return before one makes one character of both.
  private static func lines(of file: SourceFile) -> [String] {
    let feeds = file.bytes.count { $0 == UInt8(ascii: "\n") }
    let hasRest = file.bytes.last.map { $0 != UInt8(ascii: "\n") } ?? false
    return (0..<feeds + (hasRest ? 1 : 0)).map { file.line($0 + 1) }
  }
}
