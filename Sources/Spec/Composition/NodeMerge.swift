import Diagnostics
import Syntax

extension SpecNode {
  /// This value with `patch` laid over it.
  ///
  /// Mappings merge key by key, lists of named entries entry by entry, and anything else is replaced. A mapping of another `type` is another thing and replaces, too, in either spelling.
  ///
  /// `key` is the key that the value stands at.
  func merged(under patch: SpecNode, key: String = "") -> SpecNode {
    if patch.replaces { return patch }
    if let own = entries, let theirs = patch.entries {
      let isShort = Self.typedKeys.contains(key)
      let (thing, other) = isShort ? (spelledOut, patch.spelledOut) : (self, patch)
      guard let a = thing["type"]?.scalar, let b = other["type"]?.scalar else {
        return with(.mapping(Self.merge(own, theirs)), at: patch.span)
      }
      if a.text != b.text || other.replaces { return patch }
      let merged = Self.merge(thing.entries ?? [], other.entries ?? [])
      return with(.mapping(merged), at: patch.span)
    }
    if let own = items, let theirs = patch.items, let merged = Self.merge(own, theirs, key: key) {
      return with(.sequence(merged), at: patch.span)
    }
    return patch
  }

  /// Where a type may stand as the only key: `schedule: {linear: {to: 0}}`.
  private static let typedKeys: Set = ["objective", "schedule", "update"]

  /// The same node with other contents; limits were checked while reading.
  func with(_ content: Content, at span: SourceSpan) -> SpecNode { SpecNode(content, at: span) }

  private static func merge(_ own: [Entry], _ theirs: [Entry]) -> [Entry] {
    var result = own
    for entry in theirs {
      if let index = result.firstIndex(where: { $0.key.text == entry.key.text }) {
        let value = result[index].value.merged(under: entry.value, key: entry.key.text)
        result[index] = Entry(key: entry.key, value: value)
      } else {
        result.append(entry)
      }
    }
    return result
  }

  /// nil where an entry of either list has no name, or two share one.
  private static func merge(_ own: [SpecNode], _ theirs: [SpecNode], key: String) -> [SpecNode]? {
    let ownNames = own.map { $0.entryName(inList: key) }
    let theirNames = theirs.map { $0.entryName(inList: key) }
    for names in [ownNames, theirNames]
    where names.contains(nil) || Set(names).count != names.count { return nil }
    var result = own
    for (name, entry) in zip(theirNames, theirs) {
      if let index = ownNames.firstIndex(of: name) {
        result[index] = own[index].spelledOut.merged(under: entry.spelledOut)
      } else {
        result.append(entry)
      }
    }
    return result
  }

  /// The name by which an entry of a list is patched: its `name`, or its type where entries of the list at `key` are
  /// named so by default.
  func entryName(inList key: String) -> String? {
    if let name = self["name"]?.scalar?.text { return name }
    if let entries, entries.count == 1, let name = entries[0].value["name"]?.scalar?.text {
      return name
    }
    return key == "regularizers" || key == "penalties" ? entryType : nil
  }

  /// The type of an entry in any of its spellings; nil for what is no entry.
  var entryType: String? {
    if let text = scalar { return text.text }
    if let type = self["type"]?.scalar?.text { return type }
    return entries?.count == 1 ? entries?[0].key.text : nil
  }

  /// This entry of a list with other keys, under the name that it has; nil of what is no entry.
  ///
  /// One that is written out, with a `value`, has no type to complete it: unless it is to have one, the rest stays.
  func entry(with keys: SpecNode) -> SpecNode? {
    let own = spelledOut
    if own["value"] != nil, keys["type"] == nil { return own.merged(under: keys) }
    guard own["name"] != nil else {
      let type = scalar ?? self["type"]?.scalar ?? entries?.first?.key
      return type.map { SpecNode(.mapping([Entry(key: $0, value: keys)]), at: keys.span) }
    }
    let kept = (own.entries ?? []).filter {
      ["type", "name"].contains($0.key.text) && keys[$0.key.text] == nil
    }
    return SpecNode(.mapping(kept + (keys.entries ?? [])), at: keys.span)
  }

  /// `advas` and `{advas: {weight: 1}}` as `{type: advas, weight: 1}`, the form that merges.
  private var spelledOut: SpecNode {
    if let text = scalar, !isNull {
      return entry(of: text, [], replacing: replaces)
    }
    guard let entries, entries.count == 1, entries[0].key.text != "name",
      entries[0].key.text != "type",
      entries[0].value.entries != nil || entries[0].value.isNull
    else { return self }
    return entry(
      of: entries[0].key, entries[0].value.entries ?? [],
      replacing: replaces || entries[0].value.replaces)
  }

  private func entry(
    of type: LocatedText, _ keys: [Entry], replacing replaces: Bool
  ) -> SpecNode {
    var entry = SpecNode(.mapping([Self.typeEntry(type)] + keys), at: span)
    entry.replaces = replaces
    return entry
  }

  private static func typeEntry(_ text: LocatedText) -> Entry {
    Entry(
      key: LocatedText(text: "type", at: text.span),
      value: SpecNode(.scalar(text, isPlain: true), at: text.span))
  }
}
