/// What a word that `type` may be says of itself; reading, defaults, the schema, `advas-run explain` and `Docs/SPEC.md`
/// follow from it.
package struct Declaration: Sendable {
  package let name: String
  /// What other libraries call it, in lower case.
  package let synonyms: [String]
  /// One line: the formula, the paper.
  package let summary: String
  /// In the order in which they are read and listed; a derived default sees those before its key.
  package let keys: [any AnyKey]

  package init(
    _ name: String, synonyms: [String] = [], _ summary: String, keys: [any AnyKey] = []
  ) {
    self.name = name
    self.synonyms = synonyms
    self.summary = summary
    self.keys = keys
  }
}

extension [Declaration] {
  /// Names by what other libraries call them.
  package var synonyms: [String: [String]] {
    reduce(into: [:]) { result, declaration in
      for synonym in declaration.synonyms { result[synonym, default: []].append(declaration.name) }
    }
  }

  /// Every key, each once; where types say other things of one key, what all of them say.
  package var documentedKeys: [DocumentedKey] {
    var keys: [DocumentedKey] = []
    for declaration in self {
      for key in declaration.keys {
        if let known = keys.firstIndex(where: { $0.key.name == key.name }) {
          keys[known].add(key, of: declaration.name)
        } else {
          keys.append(DocumentedKey(key))
        }
      }
    }
    return keys
  }
}

/// A key of several types, as one row of a table says it.
package struct DocumentedKey {
  package let key: any AnyKey
  private var others: [(meaning: String, types: [String])] = []
  private var fallbacks: [String]

  fileprivate init(_ key: any AnyKey) {
    self.key = key
    fallbacks = [key.fallbackText]
  }

  fileprivate mutating func add(_ key: any AnyKey, of type: String) {
    if !fallbacks.contains(key.fallbackText) { fallbacks.append(key.fallbackText) }
    guard key.meaning != self.key.meaning else { return }
    if let known = others.firstIndex(where: { $0.meaning == key.meaning }) {
      others[known].types.append(type)
    } else {
      others.append((key.meaning, [type]))
    }
  }

  /// What stands in for a missing value; empty where nothing does.
  package var fallbackText: String { fallbacks.joined(separator: " or ") }

  package var meaning: String {
    ([key.meaning]
      + others.map { other in
        "\(other.types.map { "`\($0)`" }.joined(separator: ", ")): \(other.meaning)"
      }).joined(separator: " ")
  }
}
