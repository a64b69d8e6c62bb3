import JSON

/// A place of a text as the language server protocol counts: lines from 0, and UTF-16 code units of a line from 0.
struct Position: Hashable, Comparable {
  var line: Int
  var character: Int

  init(line: Int, character: Int) { (self.line, self.character) = (line, character) }

  /// nil of what is no position.
  init?(_ value: JSONValue?) {
    guard let line = value?["line"]?.integer, let character = value?["character"]?.integer,
      line >= 0, character >= 0
    else { return nil }
    self.init(line: line, character: character)
  }

  static func < (a: Position, b: Position) -> Bool {
    (a.line, a.character) < (b.line, b.character)
  }

  var json: JSONValue { .object([("line", .integer(line)), ("character", .integer(character))]) }
}

extension JSONValue {
  /// The range between two places.
  static func range(_ start: Position, _ end: Position) -> JSONValue {
    .object([("start", start.json), ("end", end.json)])
  }
}
