import Foundation

/// A Markdown page that shows sessions.
///
/// A `yaml` block that begins with `# NAME.yaml` is a file of that name. A `console` block has commands behind `$ `,
/// each with what it prints below. There a `…` alone on its line stands for any lines, and one within a line for any
/// text: a time, or a digit that another machine rounds otherwise.
struct SessionPage {
  struct Step {
    let command: String
    /// Lines of the page that show its output.
    let output: Range<Int>
  }

  let lines: [String]
  private(set) var files: [(name: String, text: String)] = []
  private(set) var steps: [Step] = []

  init(_ text: String) {
    lines = text.components(separatedBy: "\n")
    var start: Int?
    for index in lines.indices where lines[index].hasPrefix("```") {
      if let first = start {
        read(first + 1..<index, as: lines[first].dropFirst(3))
        start = nil
      } else {
        start = index
      }
    }
  }

  private mutating func read(_ block: Range<Int>, as kind: Substring) {
    if kind == "yaml", let name = lines[block.lowerBound].wholeMatch(of: #/# ([\w-]+\.yaml).*/#) {
      files.append((String(name.output.1), lines[block].joined(separator: "\n") + "\n"))
    }
    guard kind == "console" else { return }
    let starts = block.filter { lines[$0].hasPrefix("$ ") }
    for (index, end) in zip(starts, starts.dropFirst() + [block.upperBound]) {
      steps.append(Step(command: String(lines[index].dropFirst(2)), output: index + 1..<end))
    }
  }

  /// The page with other lines for the outputs, in the order of the steps.
  func text(showing outputs: [[String]]) -> String {
    var lines = lines
    for (step, output) in zip(steps, outputs).reversed() {
      lines.replaceSubrange(step.output, with: output)
    }
    return lines.joined(separator: "\n")
  }
}

/// What a page shows of an output.
struct ShownOutput {
  static let ellipsis = "…"
  let lines: [String]

  init(_ lines: ArraySlice<String>) {
    // An empty line before the next command belongs to the page.
    self.lines = Array(lines.last == "" ? lines.dropLast() : lines)
  }

  private var parts: [ArraySlice<String>] {
    lines.split(separator: Self.ellipsis, omittingEmptySubsequences: false)
  }

  /// The first line that the output does not have, or the part that is not where it should be; nil where the page tells
  /// the truth.
  func fault(in output: [String]) -> String? {
    let parts = parts
    var rest = output[...]
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      let found = (rest.startIndex...rest.endIndex).first { start in
        let end = start + part.count
        return (index > 0 || start == rest.startIndex) && (!isLast || end == rest.endIndex)
          && end <= rest.endIndex && zip(part, rest[start..<end]).allSatisfy(Self.shows)
      }
      guard let found else {
        let missing = part.first { line in !output.contains { Self.shows(line, $0) } }
        return missing ?? part.joined(separator: "\n")
      }
      rest = rest[(found + part.count)...]
    }
    return nil
  }

  /// The same choice of another output: as many lines before the first `…` and behind the last, and all between that
  /// are still there.
  func updated(by output: [String]) -> [String] {
    let parts = parts
    guard parts.count > 1, let first = parts.first, let last = parts.last,
      first.count + last.count <= output.count
    else { return output.map(shortened) }
    let between = parts[1..<parts.count - 1].flatMap { $0 + [Self.ellipsis] }
    return output.prefix(first.count).map(shortened) + [Self.ellipsis] + between
      + output.suffix(last.count).map(shortened)
  }

  /// The line as it is shown now, if it is.
  private func shortened(_ line: String) -> String {
    lines.first { $0.contains(Self.ellipsis) && Self.shows($0, line) } ?? line
  }

  private static func shows(_ shown: String, _ line: String) -> Bool {
    let pieces = shown.split(separator: ellipsis, omittingEmptySubsequences: false)
    guard pieces.count > 1, shown != ellipsis else { return shown == line }
    guard line.hasPrefix(pieces[0]), line.hasSuffix(pieces[pieces.count - 1]) else { return false }
    var rest = line.dropFirst(pieces[0].count)
    for piece in pieces.dropFirst() where !piece.isEmpty {
      guard let range = rest.firstRange(of: piece) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }
}
