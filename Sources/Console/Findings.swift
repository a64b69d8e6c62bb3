import JSON

/// What a command has found: lines and tables for people, with the values for programs that they show.
///
/// Commands fill it in; text and JSON are made of it here, so that the two say the same.
public struct Findings: Sendable {
  private enum Part: Sendable {
    case line(String)
    case value(JSONValue.Member)
    case table(String, FindingsTable)
    case list(String, [Findings])
    case one(String, Findings)
  }

  /// Stands above what is found, which is then indented; nil for no line and no indentation.
  private let heading: String?
  private var parts: [Part] = []

  package init(_ heading: String? = nil) { self.heading = heading }

  /// Adds values that no line shows, or whose line stands already.
  package mutating func add(_ values: (String, JSONValue)...) {
    parts += values.map { .value(JSONValue.Member($0, $1)) }
  }

  /// Adds a line, and the values that it shows.
  package mutating func add(line: String, _ values: (String, JSONValue)...) {
    parts.append(.line(line))
    parts += values.map { .value(JSONValue.Member($0, $1)) }
  }

  /// Adds a table: for programs a list of objects of this name, one for each row.
  package mutating func add(_ name: String, table: FindingsTable) {
    parts.append(.table(name, table))
  }

  /// Adds others, one after the other: for programs a list of objects of this name.
  package mutating func add(_ name: String, list: [Findings]) { parts.append(.list(name, list)) }

  /// Adds others: for programs an object of this name.
  package mutating func add(_ name: String, _ one: Findings) { parts.append(.one(name, one)) }
}

// MARK: - Rendering

extension Findings {
  /// For people: each line with its line break.
  public var text: String { lines.map { $0 + "\n" }.joined() }

  /// For programs: one line of JSON with its line break.
  public var json: String { value.line + "\n" }

  private var lines: [String] {
    let inner = parts.flatMap { part -> [String] in
      switch part {
      case .line(let line): [line]
      case .value: []
      case .table(_, let table): table.lines
      case .list(_, let items): items.flatMap(\.lines)
      case .one(_, let item): item.lines
      }
    }
    guard let heading else { return inner }
    return [heading] + inner.map { $0.isEmpty ? $0 : "  " + $0 }
  }

  /// The object of all values.
  package var value: JSONValue {
    .object(
      parts.compactMap { part in
        switch part {
        case .line: nil
        case .value(let member): member
        case .table(let name, let table): JSONValue.Member(name, table.value)
        case .list(let name, let items): JSONValue.Member(name, .list(items.map(\.value)))
        case .one(let name, let item): JSONValue.Member(name, item.value)
        }
      })
  }
}
