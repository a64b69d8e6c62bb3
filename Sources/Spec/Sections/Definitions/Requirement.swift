import Syntax

/// A condition on numbers of a definition's use, and what a use that breaks it is told.
struct Requirement: Sendable {
  var condition: LocatedText
  var message: String

  /// `requires: {condition: message}`.
  static func readList(_ reader: inout MappingReader) -> [Requirement] {
    guard let node = reader.take(DefinitionKeys.requires) else { return [] }
    guard let entries = node.entries else {
      reader.context.error(
        "'requires' must be a mapping of conditions to messages, but found \(node.kindName)",
        at: node.span)
      return []
    }
    return entries.compactMap { entry in
      reader.context.string(entry.value, "the message of '\(entry.key.text)'").map {
        Requirement(condition: entry.key, message: $0.text)
      }
    }
  }

  /// The numbers of `context` that break it, `alpha is 1`; nil where it holds, and after a diagnostic about the condition.
  func violation(of what: String, _ context: CheckingContext) -> String? {
    let node = SpecNode(.scalar(condition, isPlain: true), at: condition.span)
    guard context.number(node, "a condition of \(what)") == 0 else { return nil }
    return condition.identifiers.sorted().compactMap { name in
      context.numbers[name].map { "\(name) is \(short($0))" }
    }.joined(separator: ", ")
  }
}
