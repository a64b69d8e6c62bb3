import Diagnostics
import Layers
import Syntax

/// A spec with includes, overrides, variables and defaults resolved: what `advas-run config` prints.
public struct ResolvedConfig: Sendable {
  /// The spec as YAML; a comment behind each value says where it comes from.
  ///
  ///     train:
  ///       total: 100       # --set
  ///       threads: 0       # default
  public let text: String
  /// The same with every key that stands as `null` beside its own default: what identities of runs are digests of.
  package let literalText: String

  init(tree: SpecNode, root: SourceFile, _ context: CheckingContext) {
    text = ConfigPrinter.text(of: tree, root: root, context, showsNulls: false)
    literalText = ConfigPrinter.text(of: tree, root: root, context, showsNulls: true)
  }
}

private struct ConfigPrinter {
  private let root: SourceFile
  private let context: CheckingContext
  /// The first parameter of each layer that the spec defines, which a bare value stands for.
  private let firstParameters: [String: String]
  private let showsNulls: Bool
  private var lines: [(text: String, comment: String)] = []

  static func text(
    of tree: SpecNode, root: SourceFile, _ context: CheckingContext, showsNulls: Bool
  ) -> String {
    var printer = ConfigPrinter(root: root, tree, context, showsNulls: showsNulls)
    printer.mapping(tree, path: [], indent: "")
    return printer.aligned()
  }

  private init(
    root: SourceFile, _ tree: SpecNode, _ context: CheckingContext, showsNulls: Bool
  ) {
    self.showsNulls = showsNulls
    self.root = root
    firstParameters = Dictionary(
      (tree["define"]?["layers"]?.entries ?? []).compactMap { entry in
        let words = entry.key.text.split { "(,=)".contains($0) || $0.isWhitespace }.map(String.init)
        return words.count > 1 ? (words[0], words[1]) : nil
      }, uniquingKeysWith: { first, _ in first })
    self.context = context
  }

  /// The lines with their comments in one column.
  private func aligned() -> String {
    let width = min(60, lines.map(\.text.count).max() ?? 0)
    return lines.map { line in
      guard !line.comment.isEmpty else { return line.text + "\n" }
      let gap = String(repeating: " ", count: max(0, width - line.text.count))
      return "\(line.text)\(gap)  # \(line.comment)\n"
    }.joined()
  }

  private mutating func mapping(
    _ node: SpecNode, path: [String], indent: String, first: String? = nil
  ) {
    var lead = first ?? indent
    let defaults = Set((context.defaults[path] ?? []).map(\.key))
    for entry in node.entries ?? [] {
      // What stands as `null` has its default below.
      if !showsNulls, entry.value.isNull, defaults.contains(entry.key.text) { continue }
      value(
        entry.value, path: path + [entry.key.text], lead: "\(lead)\(yamlKey(entry.key.text)):",
        indent: indent + "  ")
      lead = indent
    }
    lead = self.defaults(path, lead: lead, indent: indent)
    if path.isEmpty { sections(besides: node) }
  }

  /// Defaults of the mapping at `path`; returns what the next line starts with.
  private mutating func defaults(_ path: [String], lead: String, indent: String) -> String {
    var lead = lead
    for value in context.defaults[path] ?? [] {
      lines.append(
        (
          "\(lead)\(value.key): \("[{".contains(value.text.first ?? " ") ? value.text : yamlScalar(value.text))",
          value.origin
        ))
      lead = indent
    }
    return lead
  }

  /// Top-level sections that are all defaults.
  private mutating func sections(besides node: SpecNode) {
    for path in context.defaults.keys.sorted(by: { $0.joined() < $1.joined() })
    where path.count == 1 && node[path[0]] == nil {
      lines.append(("\(path[0]):", ""))
      _ = defaults(path, lead: "  ", indent: "  ")
    }
  }

  private mutating func value(_ node: SpecNode, path: [String], lead: String, indent: String) {
    switch node.content {
    case .scalar(let text, let isPlain) where context.defaults[path] != nil && !isEntryList(path):
      // A section that stands as `null`, a word in place of a mapping with that `type`, a layer's bare value.
      lines.append((lead, ""))
      if !node.isNull {
        let inner = SpecNode(.scalar(text, isPlain: isPlain), at: node.span)
        value(
          inner, path: path + ["type"], lead: "\(indent)\(bareKey(path)):", indent: indent + "  ")
      }
      _ = defaults(path, lead: indent, indent: indent)
    case .scalar(let text, let isPlain):
      let number = computed(text)
      let written = number.map(short) ?? yamlScalar(text.text, isPlain: isPlain)
      let note = number == nil ? "" : " (\(onOneLine(text.text)))"
      lines.append(("\(lead) \(written)", origin(node.span) + note))
    case .sequence(let items)
    where items.allSatisfy({ $0.scalar != nil && context.defaults[path + ["0"]] == nil })
      && !isEntryList(path):
      lines.append(("\(lead) \(list(items))", origin(node.span) + listNote(items)))
    case .sequence(let items):
      lines.append((lead, ""))
      for (index, item) in items.enumerated() {
        self.item(item, path: path + [String(index)], indent: indent)
      }
    case .mapping(let entries):
      if entries.isEmpty, context.defaults[path] == nil {
        lines.append(("\(lead) {}", origin(node.span)))
      } else {
        lines.append((lead, ""))
        mapping(node, path: path, indent: indent)
      }
    }
  }

  /// Scalars as a list on one line.
  private func list(_ items: [SpecNode]) -> String {
    let texts = items.map { item -> String in
      guard case .scalar(let text, let isPlain) = item.content else { return "" }
      return computed(text).map(short) ?? yamlScalar(text.text, isPlain: isPlain, inFlow: true)
    }
    return "[\(texts.joined(separator: ", "))]"
  }

  /// The list as it is written where any of it is computed, ` ([width, 2, 2])`.
  private func listNote(_ items: [SpecNode]) -> String {
    let texts = items.compactMap(\.scalar)
    guard texts.contains(where: { computed($0) != nil }) else { return "" }
    return " ([\(onOneLine(texts.map(\.text).joined(separator: ", ")))])"
  }

  /// What arithmetic makes of a text; nil where it is none, or has several values.
  private func computed(_ text: LocatedText) -> Double? {
    context.evaluations[text.span].flatMap { $0 }
  }

  /// The key that a bare value at `path` stands for.
  private func bareKey(_ path: [String]) -> String {
    guard path.count > 1, Int(path[path.count - 2]) != nil, let layer = path.last else {
      return "type"
    }
    return LayerTypes.declaration(of: layer)?.bareKey ?? firstParameters[layer] ?? "type"
  }

  private func isEntryList(_ path: [String]) -> Bool {
    path.last == "layers" || path.last == "regularizers"
  }

  private mutating func item(_ node: SpecNode, path: [String], indent: String) {
    switch node.content {
    case .scalar(let text, _):
      // `- advas` has its defaults at its own path, `- batch_norm` at that of its type.
      for inner in [path, path + [text.text]] where context.defaults[inner] != nil {
        lines.append(("\(indent)- \(yamlKey(text.text)):", origin(node.span)))
        _ = defaults(inner, lead: indent + "    ", indent: indent + "    ")
        return
      }
      value(node, path: path, lead: indent + "-", indent: indent + "  ")
    case .mapping: mapping(node, path: path, indent: indent + "  ", first: indent + "- ")
    case .sequence: value(node, path: path, lead: indent + "-", indent: indent + "  ")
    }
  }

  private func origin(_ span: SourceSpan) -> String {
    let name = span.file.name
    if name.hasPrefix("<--") { return String(name.dropFirst().prefix { $0 != " " && $0 != ">" }) }
    let place = "\(onOneLine(name)):\(span.line)"
    return span.file == root ? place : "include \(place)"
  }

  /// The text in a comment, which a line break would end.
  private func onOneLine(_ text: String) -> String {
    text.unicodeScalars.contains(where: needsYAMLEscape) ? yamlQuoted(text) : text
  }
}
