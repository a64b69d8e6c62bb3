import Diagnostics
import Syntax

/// The values of a run's resolved spec by their paths, `optimizer.lr`, as `--set` spells them.
package struct SpecValues: Sendable {
  /// A value that has no values in it; a list of plain values is one.
  package struct Leaf: Sendable {
    package let path: String
    package let text: String
    /// As it was written where the compiler has computed it, `4*width`.
    package let expression: String?
  }

  /// A line of the text and where its value comes from, which may be unknown.
  package struct Line: Sendable {
    package let text: String
    package let origin: String
  }

  package let lines: [Line]
  /// In the order of the file.
  package private(set) var leaves: [Leaf] = []
  private let byPath: [String: Leaf]

  /// Reads a resolved spec; nil where it is no YAML.
  package init?(text: String, name: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Self.parts(of: String($0)) }
    let file = SourceFile(name: name, text: text)
    var diagnostics = DiagnosticBag()
    guard let root = YAMLComposer.read(file, into: &diagnostics), root.entries != nil else {
      return nil
    }
    var leaves: [Leaf] = []
    Self.collect(root, "", lines, &leaves)
    self.lines = lines
    self.leaves = leaves
    byPath = Dictionary(leaves.map { ($0.path, $0) }) { first, _ in first }
  }

  package subscript(path: String) -> Leaf? { byPath[path] }

  /// The leaves at and below a path.
  package func leaves(under path: String) -> [Leaf] {
    leaves.filter { $0.path == path || $0.path.hasPrefix(path + ".") }
  }

  private static func parts(of line: String) -> Line {
    let marker = "  # "
    guard let found = line.lastRange(of: marker) else { return Line(text: line, origin: "") }
    var text = String(line[..<found.lowerBound])
    while text.last == " " { text.removeLast() }
    return Line(text: text, origin: String(line[found.upperBound...]))
  }
}

// MARK: - Paths

extension SpecValues {
  private static func collect(
    _ node: SpecNode, _ path: String, _ lines: [Line], _ leaves: inout [Leaf]
  ) {
    let prefix = path.isEmpty ? "" : path + "."
    if let entries = node.entries, !entries.isEmpty {
      for entry in entries { collect(entry.value, prefix + entry.key.text, lines, &leaves) }
    } else if let items = node.items,
      items.contains(where: { $0.scalar == nil }) || isOfEntries(path)
    {
      let names = isOfEntries(path) ? items.map { name(of: $0) } : []
      for (index, item) in items.enumerated() {
        // Entries go by their names, for their places say nothing.
        let isNamed = !names.isEmpty && names.count { $0 == names[index] } == 1
        let component = (isNamed ? names[index] : nil) ?? String(index)
        collect(inner(of: item, named: isNamed), prefix + component, lines, &leaves)
      }
    } else {
      leaves.append(leaf(node, path, lines))
    }
  }

  /// Lists whose entries have names.
  private static func isOfEntries(_ path: String) -> Bool { path == "regularizers" }

  /// The name of an entry of a list: what it says, or the only key that it has.
  private static func name(of item: SpecNode) -> String? {
    if let scalar = item.scalar { return scalar.text }
    if let name = item["name"]?.scalar { return name.text }
    guard let entries = item.entries, entries.count == 1 else { return nil }
    return entries[0].value["name"]?.scalar?.text ?? entries[0].key.text
  }

  /// What stands behind the name of an entry.
  private static func inner(of item: SpecNode, named isNamed: Bool) -> SpecNode {
    guard isNamed, let entries = item.entries, entries.count == 1,
      entries[0].value.entries != nil
    else { return item }
    return entries[0].value
  }

  private static func leaf(_ node: SpecNode, _ path: String, _ lines: [Line]) -> Leaf {
    let place = node.span.line - 1
    let origin = lines.indices.contains(place) ? lines[place].origin : ""
    let text = node.scalar?.text ?? node.span.text
    return Leaf(path: path, text: text, expression: expression(in: origin))
  }

  /// What stands in the parentheses at the end of an origin: `include a.yaml:16 (4*width)`.
  private static func expression(in origin: String) -> String? {
    guard origin.last == ")" else { return nil }
    var depth = 0
    for index in origin.indices.reversed() {
      if origin[index] == ")" { depth += 1 }
      if origin[index] == "(" { depth -= 1 }
      if depth == 0 { return String(origin[origin.index(after: index)...].dropLast()) }
    }
    return nil
  }
}

extension String {
  /// Where `text` last stands.
  fileprivate func lastRange(of text: String) -> Range<Index>? {
    for start in indices.reversed() where self[start...].hasPrefix(text) {
      return start..<index(start, offsetBy: text.count)
    }
    return nil
  }
}
