import Diagnostics

/// Takes the keys of a mapping one by one; `finish` reports every key that nobody asked for.
///
/// A faulty or missing value is reported and its default used, so that one run finds every fault of a file.
package struct MappingReader {
  package let context: CheckingContext
  /// The mapping as diagnostics name it: `layer 'conv'`.
  package let what: String
  /// Where a complaint about a missing key points.
  package let place: SourceSpan
  /// Keys and indices from the root, for `advas-run config`.
  package let path: [String]
  private let entries: [SpecNode.Entry]
  /// True where the value was no mapping: then nothing else is missing.
  private let isFaulty: Bool
  /// What other libraries call keys, by those names.
  var synonyms: [String: [String]] = [:]
  /// Keys that were asked for, in order.
  package private(set) var asked: [String] = []

  /// Reads `node`, which must be a mapping; anything else is reported and read as an empty one.
  package init(
    _ node: SpecNode, _ what: String, at path: [String], place: SourceSpan? = nil,
    _ context: CheckingContext
  ) {
    self.context = context
    self.what = what
    self.path = path
    self.place = place ?? node.span
    if let entries = node.entries {
      self.entries = entries
      isFaulty = false
    } else {
      isFaulty = !node.isNull
      if !node.isNull {
        context.error("\(what) must be a mapping, but found \(node.kindName)", at: node.span)
      }
      entries = []
    }
  }

  package init(
    entries: [SpecNode.Entry], _ what: String, at path: [String], place: SourceSpan,
    _ context: CheckingContext
  ) {
    self.context = context
    self.what = what
    self.path = path
    self.place = place
    self.entries = entries
    isFaulty = false
  }

  /// The entry of `key`, unless it is absent or `null`.
  private mutating func entry(_ key: String) -> SpecNode.Entry? {
    if !asked.contains(key) { asked.append(key) }
    guard let entry = entries.first(where: { $0.key.text == key }), !entry.value.isNull else {
      return nil
    }
    return entry
  }

  mutating func take(_ key: String) -> SpecNode? { entry(key)?.value }

  /// What stands behind a name that a definition chose; keys that the language has are declared.
  package mutating func take(named name: String) -> SpecNode? { take(name) }

  /// The value of a key that must be there.
  mutating func require(_ key: String, example: String? = nil) -> SpecNode? {
    if let node = take(key) { return node }
    guard !isFaulty else { return nil }
    context.error(
      "\(what) has no '\(key)'", at: place, hint: example.map { "write, for example, \($0)" })
    return nil
  }

  package func child(_ key: String) -> [String] { path + [key] }

  /// What diagnostics call the value of a key; those of the spec itself need no owner.
  package func title(_ key: String) -> String {
    path.isEmpty ? "'\(key)'" : "'\(key)' of \(what)"
  }

  /// The entries that no call has asked for, for mappings whose keys are names of the user's choice.
  package func remaining() -> [SpecNode.Entry] { entries.filter { !asked.contains($0.key.text) } }

  /// Reports every key that nobody asked for; at top level those with the prefix `x-` are the user's own.
  package func finish(allowing prefix: String? = nil) {
    for entry in remaining() {
      if let prefix, entry.key.text.hasPrefix(prefix) { continue }
      let near = suggestion(for: entry.key.text, among: asked, others: synonyms)
      let known = asked.isEmpty ? "it takes no keys" : "allowed: " + asked.joined(separator: ", ")
      context.error(
        "unknown key '\(entry.key.text)' in \(what)", at: entry.key.span,
        hint: near.map { "\($0) (\(known))" } ?? known)
    }
  }
}
