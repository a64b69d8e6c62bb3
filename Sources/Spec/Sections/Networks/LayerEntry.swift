import Diagnostics
import Syntax

/// One entry of a layer list in any of its spellings: `relu`, `leaky_relu: 0.2`, `conv: {out: 64}`, `{type: conv, out: 64}`.
struct LayerEntry {
  var type: LocatedText
  /// The value behind the type where it is not a mapping: `0.2`, `[256, 7, 7]`.
  var argument: SpecNode?
  var entries: [SpecNode.Entry]
  /// Keys and indices from the root, down to the mapping that holds the layer's keys.
  var path: [String]

  /// nil after a diagnostic.
  init?(_ node: SpecNode, at path: [String], _ context: CheckingContext) {
    self.path = path
    switch node.content {
    case .scalar(let text, _):
      guard !node.isNull else {
        context.error("a layer is missing behind this '-'", at: node.span)
        return nil
      }
      (type, entries) = (text, [])
      self.path = path + [text.text]
    case .sequence:
      context.error("a layer cannot be a list", at: node.span, hint: "write one '-' per layer")
      return nil
    case .mapping(let all):
      if let type = node["type"] {
        guard let text = context.string(type, "'type' of a layer") else { return nil }
        (self.type, entries) = (text, all.filter { $0.key.text != "type" })
        return
      }
      guard let only = all.first, all.count == 1 else {
        context.error(
          "a layer has one key, its type, but found \(listing(all.map(\.key.text)))",
          at: node.span,
          hint: "its keys stand inside, as in conv: {out: 64, name: c1}; check the indentation")
        return nil
      }
      type = only.key
      self.path = path + [type.text]
      if let inner = only.value.entries {
        entries = inner
      } else {
        entries = []
        argument = only.value.isNull ? nil : only.value
      }
    }
  }

  /// Reads the entry's keys; a bare argument counts as the value of `primary`.
  func reader(primary: String?, _ context: CheckingContext) -> MappingReader {
    var entries = entries
    if let argument {
      if let primary {
        let key = LocatedText(text: primary, at: type.span)
        entries.append(SpecNode.Entry(key: key, value: argument))
      } else {
        context.error(
          "'\(type.text)' takes no bare value, but found \(argument.kindName)", at: argument.span,
          hint: "write '- \(type.text)', or its keys in a mapping")
      }
    }
    return MappingReader(
      entries: entries, "layer '\(type.text)'", at: path, place: type.span, context)
  }
}
