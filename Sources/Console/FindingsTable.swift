import JSON

/// A table whose cells are text for people and values for programs.
package struct FindingsTable: Sendable {
  /// What the cells below have in common.
  package struct Column: Sendable {
    fileprivate let title: String?
    fileprivate let alignment: TextTable.Alignment
    fileprivate let name: String?

    /// Makes a column of words; `name` is the member of each row's object.
    package static func words(_ title: String, _ name: String) -> Column {
      Column(title: title, alignment: .left, name: name)
    }

    /// Makes a column of numbers.
    package static func numbers(_ title: String, _ name: String) -> Column {
      Column(title: title, alignment: .right, name: name)
    }

    /// Makes a column of numbers that programs do not see: they have the values elsewhere.
    package static func shown(_ title: String) -> Column {
      Column(title: title, alignment: .right, name: nil)
    }

    /// Makes a column that people do not see.
    package static func hidden(_ name: String) -> Column {
      Column(title: nil, alignment: .left, name: name)
    }
  }

  /// A value, and how people read it.
  package struct Cell: Sendable {
    fileprivate let text: String
    fileprivate let value: JSONValue

    package init(_ text: String, _ value: JSONValue) {
      self.text = text
      self.value = value
    }

    /// Makes a cell of a word.
    package static func text(_ text: String) -> Cell { Cell(text, .text(text)) }

    /// Makes a cell of a count.
    package static func integer(_ value: Int) -> Cell { Cell("\(value)", .integer(value)) }

    /// Makes a cell of a number, which `format` of printf rounds for people.
    package static func number(_ value: Double, _ format: String) -> Cell {
      Cell(formatted(format, value), .number(value))
    }

    /// Makes a cell of a column that people do not see.
    package static func hidden(_ value: JSONValue) -> Cell { Cell("", value) }

    /// Makes a cell of a column that programs do not see.
    package static func shown(_ text: String) -> Cell { Cell(text, .null) }

    /// The cell of what there is not, shown as `text`.
    package static func nothing(_ text: String = "") -> Cell { Cell(text, .null) }
  }

  private let columns: [Column]
  private var rows: [[Cell]] = []

  package init(_ columns: [Column]) { self.columns = columns }

  package mutating func add(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row has one cell per column")
    rows.append(row)
  }

  /// The lines, the header first.
  var lines: [String] {
    let shown = columns.indices.filter { columns[$0].title != nil }
    var table = TextTable(shown.map { (columns[$0].title ?? "", columns[$0].alignment) })
    for row in rows { table.add(shown.map { row[$0].text }) }
    return table.lines
  }

  /// A list of objects.
  var value: JSONValue {
    .list(
      rows.map { row in
        .object(
          zip(columns, row).compactMap { column, cell in
            column.name.map { JSONValue.Member($0, cell.value) }
          })
      })
  }
}
