import Diagnostics
import Syntax

extension SpecNode {
  /// The tree without definitions of included files that nothing uses: a library of blocks or layers is no part of a spec.
  ///
  /// `root` is the spec's own file, whose definitions all stay.
  func withoutUnusedParts(of root: SourceFile) -> SpecNode {
    var tree = self
    while let smaller = tree.droppingUnusedParts(of: root) { tree = smaller }
    return tree
  }

  /// nil where nothing was dropped.
  private func droppingUnusedParts(of root: SourceFile) -> SpecNode? {
    // Most specs include nothing, and need no words.
    lazy var words = wordsOfUse
    var dropped = false
    func kept(_ section: SpecNode) -> SpecNode {
      guard let entries = section.entries else { return section }
      let rest = entries.filter { entry in
        entry.key.span.file == root || words.contains(entry.key.text.definedName)
      }
      dropped = dropped || rest.count < entries.count
      return rest.count < entries.count ? section.with(rest) : section
    }
    let result = with(
      (entries ?? []).map { entry in
        var entry = entry
        switch entry.key.text {
        case "blocks": entry.value = kept(entry.value)
        case "define":
          guard let sections = entry.value.entries else { break }
          entry.value = entry.value.with(
            sections.map { SpecNode.Entry(key: $0.key, value: kept($0.value)) })
        default: break
        }
        return entry
      })
    return dropped ? result : nil
  }

  /// The mapping with other entries.
  private func with(_ entries: [Entry]) -> SpecNode {
    var copy = SpecNode(.mapping(entries), at: span)
    copy.replaces = replaces
    return copy
  }

  /// Words of everything that can use a definition: all values, and all keys but those of definitions.
  var wordsOfUse: Set<String> {
    var words: Set<String> = []
    for entry in entries ?? [] {
      switch entry.key.text {
      case "define":
        for section in entry.value.entries ?? [] {
          for definition in section.value.entries ?? [] { words.formUnion(definition.value.words) }
        }
      case "blocks":
        for block in entry.value.entries ?? [] { words.formUnion(block.value.words) }
      case "bind":
        for role in entry.value.entries ?? [] { words.formUnion(role.value.words) }
      default: words.formUnion(entry.value.words)
      }
    }
    return words
  }
}
