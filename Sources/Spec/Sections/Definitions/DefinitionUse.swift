import Diagnostics
import Syntax

/// A use of a definition in any of its spellings: `advas`, `advas: {weight: 1}`, `{type: advas, weight: 1}`.
struct DefinitionUse {
  var type: LocatedText
  var entries: [SpecNode.Entry]
  var path: [String]

  init(type: LocatedText, entries: [SpecNode.Entry], path: [String]) {
    self.type = type
    self.entries = entries
    self.path = path
  }

  /// nil after a diagnostic.
  init?(_ node: SpecNode, at path: [String], _ what: String, _ context: CheckingContext) {
    self.path = path
    switch node.content {
    case .scalar(let text, _):
      guard !node.isNull else {
        context.error("the name of \(what.withArticle) is missing here", at: node.span)
        return nil
      }
      (type, entries) = (text, [])
    case .sequence:
      context.error("\(what.withArticle) cannot be a list", at: node.span)
      return nil
    case .mapping(let all):
      if let type = node["type"] {
        guard let text = context.string(type, "'type' of \(what.withArticle)") else { return nil }
        (self.type, entries) = (text, all.filter { $0.key.text != "type" })
        return
      }
      guard let only = all.first, all.count == 1 else {
        context.error(
          "\(what.withArticle) has one key, its type, but found \(listing(all.map(\.key.text)))",
          at: node.span,
          hint: "its keys stand inside, as in wgan_gp: {weight: 10}; check the indentation")
        return nil
      }
      type = only.key
      self.path = path + [type.text]
      guard only.value.isNull || only.value.entries != nil else {
        context.error(
          "'\(type.text)' takes its keys in a mapping, but found \(only.value.kindName)",
          at: only.value.span, hint: "write \(type.text): {weight: 10}")
        return nil
      }
      entries = only.value.entries ?? []
    }
  }

  func reader(_ what: String, _ context: CheckingContext) -> MappingReader {
    MappingReader(entries: entries, what, at: path, place: type.span, context)
  }
}
