/// A table of text in aligned columns, numbers to the right.
package struct TextTable {
  package enum Alignment { case left, right }

  private let header: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  package init(_ columns: [(title: String, alignment: Alignment)]) {
    header = columns.map(\.title)
    alignments = columns.map(\.alignment)
  }

  package mutating func add(_ row: [String]) {
    precondition(row.count == header.count, "a row has one cell per column")
    rows.append(row)
  }

  /// The lines, the header first, without blanks at their ends.
  package var lines: [String] {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { displayWidth($0[column]) }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - displayWidth(cell))
        return alignments[column] == .left ? cell + blanks : blanks + cell
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// The lines in one text, each with its line break.
  package var text: String { lines.map { $0 + "\n" }.joined() }
}
