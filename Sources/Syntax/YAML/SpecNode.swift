import Diagnostics

/// A value of a YAML file together with its place.
package struct SpecNode: Sendable {
  package enum Content: Sendable {
    /// `isPlain` is false for quoted and block scalars, which are always strings.
    case scalar(LocatedText, isPlain: Bool)
    case sequence([SpecNode])
    case mapping([Entry])
  }

  /// A key with its value.
  package struct Entry: Sendable {
    package var key: LocatedText
    package var value: SpecNode

    package init(key: LocatedText, value: SpecNode) {
      self.key = key
      self.value = value
    }
  }

  package var content: Content
  package var span: SourceSpan
  /// Tagged `!replace`: an include's value of the same key is dropped, not merged.
  package var replaces = false
  /// Nodes in the tree with every alias spelled out, and its depth; both are bounded while reading.
  package var count = 1
  package var depth = 1

  package init(_ content: Content, at span: SourceSpan) {
    self.content = content
    self.span = span
    let children: [SpecNode]
    switch content {
    case .scalar: children = []
    case .sequence(let items): children = items
    case .mapping(let entries): children = entries.map(\.value)
    }
    count = children.reduce(1) { $0 + $1.count }
    depth = 1 + (children.map(\.depth).max() ?? 0)
  }
}

extension SpecNode {
  /// A plain scalar that the compiler made up, placed at `span`.
  package static func synthesized(_ text: String, at span: SourceSpan) -> SpecNode {
    SpecNode(.scalar(LocatedText(text: text, at: span), isPlain: true), at: span)
  }

  /// A mapping with the given entries, or nil for other values.
  package var entries: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  package var items: [SpecNode]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  package var scalar: LocatedText? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// `null` of YAML 1.2's core schema, the one spelling of "off".
  package var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text.text)
  }

  /// `true` or `false` of YAML 1.2's core schema; `y`, `on` and `no` are strings there.
  package var boolean: Bool? {
    guard case .scalar(let text, isPlain: true) = content else { return nil }
    switch text.text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  package subscript(key: String) -> SpecNode? { entries?.first { $0.key.text == key }?.value }

  /// The value's kind as a diagnostic names it.
  package var kindName: String {
    switch content {
    case .sequence(let items): return items.isEmpty ? "an empty list" : "a list"
    case .mapping(let entries): return entries.isEmpty ? "an empty mapping" : "a mapping"
    case .scalar(let text, _):
      if isNull { return "null" }
      return boolean == nil ? "'\(text.text.prefix(40))'" : "the boolean \(text.text)"
    }
  }
}

extension LocatedText {
  /// Text that does not stand in the file as such; every byte points at the start of `span`.
  package init(text: String, at span: SourceSpan) {
    self.init(
      text: text, file: span.file, offsets: Array(repeating: span.start, count: text.utf8.count),
      span: span)
  }
}
