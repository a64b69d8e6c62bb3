import Diagnostics
import Syntax

/// A value given on the command line: `--set train.total=100`.
///
/// Its text is a source file of its own, so that diagnostics point into it.
struct Override {
  /// Sections whose keys are names that the file chooses; an override changes such an entry but does not make one.
  private static let namingSections: Set<String> = ["vars", "data", "latent", "networks", "blocks"]

  private static let regularizers = "regularizers"

  /// The lists whose entries a path also adds, by their type, and removes, by `null`.
  private static let switchedLists: Set<String> = [regularizers, "metrics"]

  private static let sweep = "sweep"

  private let segments: [LocatedText]
  private let value: SpecNode
  /// Whether the value says the same as the one before in other words, and so stands where that stood.
  var keepsPlace = false

  /// Parses `key.path=value`, which `option` of the command line gave, `--set` unless it says otherwise; nil after a
  /// diagnostic.
  init?(_ text: String, option: String? = nil, into diagnostics: inout DiagnosticBag) {
    let path = text.prefix { $0 != "=" }
    let file = SourceFile(name: option.map { "<\($0)>" } ?? "<--set \(path)>", text: text)
    let equals = path.utf8.count
    guard equals < text.utf8.count, !path.isEmpty else {
      diagnostics.insert(
        Diagnostic(
          .error, "'--set' needs a key and a value", at: SourceSpan(file, 0, text.utf8.count),
          hint: "write --set key.path=value"))
      return nil
    }
    let key = LocatedText(
      text: String(path), file: file, offsets: Array(0..<equals), span: SourceSpan(file, 0, equals))
    guard let segments = Self.segments(of: key, setBy: "'--set'", into: &diagnostics) else {
      return nil
    }
    // Keys of a sweep are paths themselves.
    let isOfSweep = segments.count > 1 && segments[0].text == Self.sweep
    self.segments =
      isOfSweep ? [segments[0], key.slice((Self.sweep.utf8.count + 1)..<equals)] : segments
    let faults = diagnostics.hasErrors
    guard
      let value = YAMLComposer.read(file, range: (equals + 1)..<text.utf8.count, into: &diagnostics)
    else {
      if faults || !diagnostics.hasErrors {
        diagnostics.insert(
          Diagnostic(
            .error, "'--set' needs a value behind the '='",
            at: SourceSpan(file, equals, equals + 1),
            hint: "write null to switch off"))
      }
      return nil
    }
    self.value = value
  }

  /// Sets the value at `key`, a path with dots, as a sweep does; nil after a diagnostic.
  init?(_ key: LocatedText, _ value: SpecNode, into diagnostics: inout DiagnosticBag) {
    guard let segments = Self.segments(of: key, setBy: "a sweep", into: &diagnostics) else {
      return nil
    }
    self.segments = segments
    self.value = value
  }

  /// The parts of a path with dots; nil after a diagnostic.
  private static func segments(
    of key: LocatedText, setBy setter: String, into diagnostics: inout DiagnosticBag
  ) -> [LocatedText]? {
    var segments: [LocatedText] = []
    var start = 0
    for part in key.text.split(separator: ".", omittingEmptySubsequences: false) {
      let end = start + part.utf8.count
      segments.append(key.slice(start..<end))
      start = end + 1
    }
    guard segments.count <= YAMLComposer.depthLimit else {
      diagnostics.insert(Diagnostic(.error, "this path is too long", at: key.span))
      return nil
    }
    guard !segments.contains(where: { $0.text.isEmpty }) else {
      diagnostics.insert(Diagnostic(.error, "a part of this path is empty", at: key.span))
      return nil
    }
    guard segments[0].text != "include" else {
      // Files have been included by the time that values are set.
      diagnostics.insert(
        Diagnostic(
          .error, "\(setter) includes no files", at: key.span,
          hint: "lay each file over the spec by --include FILE"))
      return nil
    }
    return segments
  }

  /// `true` iff nothing that `path` sets would be left: it is the override's own path or lies in it.
  func covers(_ path: String) -> Bool {
    path.split(separator: ".", omittingEmptySubsequences: false)
      .starts(with: segments.lazy.map { Substring($0.text) })
  }

  /// `true` iff it changes the sweep itself: `--set sweep.seed=[0, 1]`.
  var isOfSweep: Bool { segments[0].text == Self.sweep }

  /// `tree` with the value in its place; a path that leads nowhere is reported and leaves the tree as it is.
  func apply(to tree: SpecNode, into diagnostics: inout DiagnosticBag) -> SpecNode {
    do {
      try requireKnownRegularizer(in: tree)
      return try set(tree, 0)
    } catch {
      diagnostics.insert(error)
      return tree
    }
  }

  /// Throws where `null` is to remove a regularizer that nobody knows, which would change nothing, without a word.
  ///
  /// One that is known and not there is as removed as can be: a sweep may say `null` first.
  private func requireKnownRegularizer(in tree: SpecNode) throws(Diagnostic) {
    guard value.isNull, segments.count == 2, segments[0].text == Self.regularizers else { return }
    let name = segments[1]
    let entries = tree[Self.regularizers]?.items ?? []
    let present = entries.compactMap { $0.entryName(inList: Self.regularizers) }
    let context = CheckingContext(expressionFunctions: BuiltIn.names)
    let own = (tree["define"]?[Self.regularizers]?.entries ?? []).map(\.key.text.definedName)
    let known = present + own + Prelude.load(context).definitions.regularizers.keys.sorted()
    let isIndex = Int(name.text).map(entries.indices.contains) ?? false
    guard !isIndex, !known.contains(name.text) else { return }
    throw Diagnostic(
      .error, "there is no regularizer '\(name.text)' to remove", at: name.span,
      hint: suggestion(for: name.text, among: known)
        ?? (present.isEmpty ? "the spec has none" : "it has " + listing(present)))
  }

  private func set(_ node: SpecNode, _ index: Int) throws(Diagnostic) -> SpecNode {
    guard index < segments.count else { return keepsPlace ? value.placed(like: node) : value }
    switch node.content {
    case .mapping(let entries): return try set(node, entries, index)
    case .sequence(let items): return try set(node, items, index)
    case .scalar:
      if node.isNull {
        let isList = index > 0 && Self.switchedLists.contains(segments[index - 1].text)
        let empty = SpecNode(isList ? .sequence([]) : .mapping([]), at: segments[index].span)
        return try set(empty, index)
      }
      throw Diagnostic(
        .error,
        "'\(name(before: index))' is a single value and has no part '\(segments[index].text)'",
        at: segments[index].span, notes: [Diagnostic(.note, "it is set here", at: node.span)])
    }
  }

  private func set(
    _ node: SpecNode, _ entries: [SpecNode.Entry], _ index: Int
  ) throws(Diagnostic) -> SpecNode {
    var entries = entries
    let segment = segments[index]
    if let found = entries.firstIndex(where: { $0.key.text == segment.text }) {
      let value = try set(entries[found].value, index + 1)
      // What is missing in a mapping is said at its key: the key of what was set is the path's, the others stay.
      if index == segments.count - 1, !keepsPlace { entries[found].key = segment }
      entries[found].value = value
      return SpecNode(.mapping(entries), at: node.span)
    }
    if index == 1, Self.namingSections.contains(segments[0].text) {
      let names = entries.map(\.key.text)
      throw Diagnostic(
        .error, "there is no '\(segment.text)' in '\(segments[0].text)'", at: segment.span,
        hint: suggestion(for: segment.text, among: names)
          ?? (names.isEmpty
            ? "it has no entries, and '--set' makes none: write it in the spec"
            : "it has " + listing(names)))
    }
    let made = try set(.synthesized("", at: segment.span), index + 1)
    entries.append(SpecNode.Entry(key: segment, value: made))
    return SpecNode(.mapping(entries), at: node.span)
  }

  private func set(
    _ node: SpecNode, _ items: [SpecNode], _ index: Int
  ) throws(Diagnostic) -> SpecNode {
    var items = items
    let segment = segments[index]
    let key = index > 0 ? segments[index - 1].text : ""
    let isSwitched = Self.switchedLists.contains(key)
    let names = items.map { $0.entryName(inList: key) ?? (isSwitched ? $0.entryType : nil) }
    let found =
      Int(segment.text).flatMap { items.indices.contains($0) ? $0 : nil }
      ?? names.firstIndex(of: segment.text)
    // A metric that is not there cannot be removed; of a regularizer a sweep may say so.
    let isRemoval = value.isNull && (found != nil || key == Self.regularizers)
    if isSwitched, index == segments.count - 1, isRemoval || value.entries != nil {
      return switching(node, items, found)
    }
    guard let found else {
      let known = names.compactMap { $0 }
      throw Diagnostic(
        .error, "'\(name(before: index))' has no entry '\(segment.text)'", at: segment.span,
        hint: suggestion(for: segment.text, among: known)
          ?? (known.isEmpty
            ? "it has \(items.count) \(items.count == 1 ? "entry" : "entries"), counted from 0"
            : "it has " + listing(known)))
    }
    items[found] = try setInEntry(items[found], index + 1)
    return SpecNode(.sequence(items), at: node.span)
  }

  /// A list without the entry that the path names, or with these keys for its own.
  ///
  /// One that is not there yet joins at the end; whether there is anything of that name is the checker's to say.
  private func switching(_ node: SpecNode, _ items: [SpecNode], _ found: Int?) -> SpecNode {
    var items = items
    let old = found.map { items.remove(at: $0) }
    if !value.isNull {
      let entry = SpecNode.Entry(key: segments[segments.count - 1], value: value)
      items.insert(
        old?.entry(with: value) ?? SpecNode(.mapping([entry]), at: value.span),
        at: found ?? items.count)
    }
    return SpecNode(.sequence(items), at: node.span)
  }

  /// Within an entry `{wgan_gp: {weight: 10}}`, the path continues inside the inner mapping.
  private func setInEntry(_ entry: SpecNode, _ index: Int) throws(Diagnostic) -> SpecNode {
    guard index < segments.count else { return value }
    if let text = entry.scalar, !entry.isNull {
      let inner = try set(SpecNode(.mapping([]), at: entry.span), index)
      return SpecNode(.mapping([SpecNode.Entry(key: text, value: inner)]), at: entry.span)
    }
    if let entries = entry.entries, entries.count == 1, entries[0].key.text != segments[index].text,
      !["type", "name"].contains(entries[0].key.text)
    {
      let inner = try set(entries[0].value, index)
      return SpecNode(.mapping([SpecNode.Entry(key: entries[0].key, value: inner)]), at: entry.span)
    }
    return try set(entry, index)
  }

  private func name(before index: Int) -> String {
    segments[..<index].map(\.text).joined(separator: ".")
  }
}

extension SpecNode {
  /// The same scalar at the place of another.
  fileprivate func placed(like other: SpecNode) -> SpecNode {
    guard case .scalar(let text, let isPlain) = content else { return self }
    let place = other.span
    let last = max(place.start, place.end - 1)
    let offsets = text.text.utf8.indices.enumerated().map { min(place.start + $0.offset, last) }
    let moved = LocatedText(text: text.text, file: place.file, offsets: offsets, span: place)
    return SpecNode(.scalar(moved, isPlain: isPlain), at: place)
  }
}
