import Diagnostics
import JSON
import Syntax

/// The layout of the shipped specs: two spaces for each level, none at the end of lines, one behind commas, at most one
/// empty line.
///
/// Comments stay, each with the line below it, and so does every value: a text that would say something else, or that is
/// no YAML, stays as it is.
struct Formatting {
  private let text: EditedText
  private let outline: Outline
  /// Bytes of texts whose lines are their content.
  private let blocks: [Range<Int>]
  /// Where the other words start.
  private let starts: Set<Int>

  init(_ text: EditedText) {
    self.text = text
    outline = Outline(text.bytes)
    blocks = outline.words.filter(\.isQuoted).map(\.range)
    starts = Set(outline.words.filter { !$0.isQuoted }.map(\.range.lowerBound))
  }

  /// One edit of the whole text; none where nothing changes.
  var edits: JSONValue {
    let result = formatted
    guard result != text.bytes, Self.tree(of: result) == Self.tree(of: text.bytes),
      Self.tree(of: result) != nil
    else { return .list([]) }
    let end = text.position(of: text.bytes.count)
    return .list([
      .object([
        ("range", .range(Position(line: 0, character: 0), end)),
        ("newText", .text(String(decoding: result, as: UTF8.self))),
      ])
    ])
  }

  /// The text in its layout, whatever it then says.
  var formatted: [UInt8] {
    let shifts = shifts
    var result: [[UInt8]] = []
    for number in 0..<text.lineCount {
      let range = text.line(number)
      let isContent = blocks.contains { $0.contains(range.lowerBound) }
      var line = spaced(range)
      if !isContent { while let last = line.last, last <= 0x20 { line.removeLast() } }
      if line.isEmpty {
        if !isContent, result.last?.isEmpty ?? true { continue }
      } else if shifts[number] > 0 {
        line.insert(contentsOf: [UInt8](repeating: UInt8(ascii: " "), count: shifts[number]), at: 0)
      } else {
        let spaces = line.prefix { $0 == UInt8(ascii: " ") }.count
        line.removeFirst(min(-shifts[number], spaces))
      }
      result.append(line)
    }
    while result.last?.isEmpty ?? false { result.removeLast() }
    let lineEnd = text.usesCRLF ? Array("\r\n".utf8) : Array("\n".utf8)
    var whole = result.reduce(into: []) { $0 += $1 + lineEnd }
    // A text that ends with the file has a line break only where one is.
    if blocks.last?.upperBound == text.bytes.count { whole.removeLast(lineEnd.count) }
    return whole
  }

  /// How far each line moves to the right; what begins no entry moves with what is above, comments with what is below.
  private var shifts: [Int] {
    var shifts = [Int?](repeating: nil, count: text.lineCount)
    for line in outline.lines {
      shifts[text.position(of: line.start).line] = 2 * line.depth - line.indent
    }
    var above = 0
    for number in shifts.indices {
      if let shift = shifts[number] {
        above = shift
      } else if !isComment(number) {
        shifts[number] = above
      }
    }
    var below: Int?
    for number in shifts.indices.reversed() {
      if let shift = shifts[number] { below = shift } else { shifts[number] = below ?? above }
    }
    return shifts.map { $0 ?? 0 }
  }

  /// Whether a line is a comment, or empty, and no part of a text.
  private func isComment(_ number: Int) -> Bool {
    let range = text.line(number)
    guard !blocks.contains(where: { $0.contains(range.lowerBound) }) else { return false }
    let first = text.bytes[range].first { $0 > 0x20 }
    return first == nil || first == UInt8(ascii: "#")
  }

  /// A line with a space behind each comma that ends an item.
  private func spaced(_ range: Range<Int>) -> [UInt8] {
    var line: [UInt8] = []
    for index in range {
      line.append(text.bytes[index])
      let isTight = text.bytes[index] == UInt8(ascii: ",") && starts.contains(index + 1)
      if isTight { line.append(UInt8(ascii: " ")) }
    }
    return line
  }

  // MARK: Meaning

  /// What a text says, without places; nil of what is no YAML.
  private static func tree(of bytes: [UInt8]) -> String? {
    var faults = DiagnosticBag()
    let file = SourceFile(name: "", text: String(decoding: bytes, as: UTF8.self))
    guard let node = YAMLComposer.read(file, into: &faults), !faults.hasErrors else { return nil }
    return describe(node)
  }

  private static func describe(_ node: SpecNode) -> String {
    switch node.content {
    case .scalar(let text, let isPlain): "\(isPlain)\(text.text.utf8.count):\(text.text)"
    case .sequence(let items): "[" + items.map(describe).joined(separator: ",") + "]"
    case .mapping(let entries):
      "{"
        + entries.map { "\($0.key.text.utf8.count):\($0.key.text)=\(describe($0.value))" }
        .joined(separator: ",") + "}"
    }
  }
}

extension EditedText {
  /// Whether its lines end as those of DOS do.
  fileprivate var usesCRLF: Bool {
    guard let first = bytes.firstIndex(of: UInt8(ascii: "\n")), first > 0 else { return false }
    return bytes[first - 1] == UInt8(ascii: "\r")
  }
}
