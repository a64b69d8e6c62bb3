import Diagnostics

/// A value of a YAML file together with its place.
struct SpecNode: Sendable {
  enum Content: Sendable {
    /// `isPlain` is false for quoted and block scalars, which are always strings.
    case scalar(LocatedText, isPlain: Bool)
    case sequence([SpecNode])
    case mapping([Entry])
  }

  /// A key with its value.
  struct Entry: Sendable {
    var key: LocatedText
    var value: SpecNode
  }

  var content: Content
  var span: SourceSpan
  /// Tagged `!replace`: an include's value of the same key is dropped, not merged.
  var replaces = false
  /// Nodes in the tree with every alias spelled out, and its depth; both are bounded while reading.
  var count = 1
  var depth = 1

  init(_ content: Content, at span: SourceSpan) {
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
  static func synthesized(_ text: String, at span: SourceSpan) -> SpecNode {
    SpecNode(.scalar(LocatedText(text: text, at: span), isPlain: true), at: span)
  }

  /// A mapping with the given entries, or nil for other values.
  var entries: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  var items: [SpecNode]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  var scalar: LocatedText? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// `null` of YAML 1.2's core schema, the one spelling of "off".
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text.text)
  }

  /// `true` or `false` of YAML 1.2's core schema; `y`, `on` and `no` are strings there.
  var boolean: Bool? {
    guard case .scalar(let text, isPlain: true) = content else { return nil }
    switch text.text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  subscript(key: String) -> SpecNode? { entries?.first { $0.key.text == key }?.value }

  /// The value's kind as a diagnostic names it.
  var kindName: String {
    switch content {
    case .sequence: return "a list"
    case .mapping: return "a mapping"
    case .scalar(let text, _):
      if isNull { return "null" }
      return boolean == nil ? "'\(text.text.prefix(40))'" : "the boolean \(text.text)"
    }
  }
}

extension LocatedText {
  /// Text that does not stand in the file as such; every byte points at the start of `span`.
  init(text: String, at span: SourceSpan) {
    self.init(
      text: text, file: span.file, offsets: Array(repeating: span.start, count: text.utf8.count),
      span: span)
  }
}
