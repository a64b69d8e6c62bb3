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
}
