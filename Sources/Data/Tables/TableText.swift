import Diagnostics

/// Rows of numbers as a CSV or TSV file, in the form of the table that they were made like.
package struct TableText: Sendable {
  private let columns: [TableColumn]
  private let separator: Character
  /// Numbers of a row.
  package let width: Int

  /// The form of the table that `definition` reads, for a file at `path`; nil where it reads none.
  ///
  /// - Throws: the fault of the table, which is read again.
  package init?(_ definition: any DatasetDefinition, path: String) throws(Diagnostic) {
    guard let table = definition as? Table else { return nil }
    columns = try table.read().columns
    width = columns.reduce(0) { $0 + $1.width }
    separator = Self.isTabbed(path) ? "\t" : ","
  }

  /// Whether the ending of a path means tabs between fields, not commas.
  static func isTabbed(_ path: String) -> Bool { ["tsv", "tab"].contains(ending(of: path)) }

  /// Writes the file at `path`; `next` gives the values of the rows that follow, as many as it likes.
  ///
  /// - Throws: what `next` throws, or the fault of the system; what was at `path` is then unharmed.
  package func write(
    rows count: Int, to path: String, _ next: () throws(Diagnostic) -> [Float]
  ) throws(Diagnostic) {
    var lines = [line(of: columns.map(\.name))]
    while lines.count <= count {
      let values = try next()
      for start in stride(from: 0, to: values.count, by: width) {
        lines.append(line(values[start..<(start + width)]))
      }
    }
    do throws(FileError) {
      try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: path)
    } catch { throw error.diagnostic }
  }

  private func line(_ row: ArraySlice<Float>) -> String {
    var rest = row
    return line(
      of: columns.map { column in
        defer { rest = rest.dropFirst(column.width) }
        return column.text(of: rest.prefix(column.width))
      })
  }

  /// One empty field alone is in quotes: an empty line would be no row.
  private func line(of fields: [String]) -> String {
    let line = fields.map { SeparatedText.field($0, separator) }.joined(
      separator: String(separator))
    return line.isEmpty ? "\"\"" : line
  }
}
