import Diagnostics
import JSON
import Spec
import Syntax

/// Another name for a network or a variable, wherever the spec and what it includes speak of it.
///
/// Names of the language share one namespace, so that a name in an expression means one thing. What is found is tried out:
/// a spec that says something else afterwards is left alone.
struct Renaming {
  private let inquiry: Inquiry
  /// What is renamed.
  let name: String
  private let kind: Names.Kind
  /// Where the name stands that was asked about.
  let range: Range<Int>

  init(_ inquiry: Inquiry) throws(ResponseError) {
    self.inquiry = inquiry
    guard let (name, range) = inquiry.name,
      let known = inquiry.names.named(name).first(where: {
        [.network, .variable].contains($0.kind)
      })
    else { throw ResponseError(.requestFailed, "only networks and variables have other names") }
    guard Self.occurrences(of: name, known.kind, in: inquiry.outline).contains(range) else {
      throw ResponseError(.requestFailed, "'\(name)' is something else here")
    }
    (self.name, self.kind, self.range) = (name, known.kind, range)
  }

  /// Edits of all files.
  func edits(to new: String) throws(ResponseError) -> JSONValue {
    guard new.isIdentifier else {
      throw ResponseError(
        .invalidParameters, "'\(new)' is no name: letters, digits and _ only, no digit first")
    }
    if let other = inquiry.names.named(new).first {
      throw ResponseError(
        .invalidParameters, "'\(new)' is the name of \(other.kind.rawValue.withArticle)")
    }
    var changes: [(String, JSONValue)] = []
    var texts: [String: String] = [:]
    for (uri, path, text) in files {
      let outline = Outline(text.bytes)
      let found = Self.occurrences(of: name, kind, in: outline)
      guard !found.isEmpty else { continue }
      try Self.refuse(new, at: found, in: outline)
      let edits = found.map { range in
        JSONValue.object([
          (
            "range",
            .range(text.position(of: range.lowerBound), text.position(of: range.upperBound))
          ), ("newText", .text(new)),
        ])
      }
      changes.append((uri, .list(edits)))
      texts[path] = Self.replaced(text, found, by: new)
    }
    try check(texts, new)
    return .object([("changes", .object(changes))])
  }

  /// The spec and what it includes, as they stand in the editor.
  private var files: [(uri: String, path: String, text: EditedText)] {
    let document = inquiry.document
    let own = absolutePath(document.path)
    return [(document.uri, own, document.text)]
      + inquiry.analysis.source.includedPaths.filter { $0 != own }.compactMap { path in
        guard let uri = inquiry.workspace.uri(ofFile: path, seenFrom: document.uri),
          let text = inquiry.workspace.text(ofFile: path)
        else { return nil }
        return (uri, path, text)
      }
  }

  private static func replaced(
    _ text: EditedText, _ ranges: [Range<Int>], by new: String
  ) -> String {
    var bytes = text.bytes
    for range in ranges.reversed() { bytes.replaceSubrange(range, with: Array(new.utf8)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Refuses where the spec has other faults or other values than before.
  private func check(_ texts: [String: String], _ new: String) throws(ResponseError) {
    let path = absolutePath(inquiry.document.path)
    let text = texts[path].map { EditedText($0) } ?? inquiry.document.text
    var others = inquiry.workspace.editedTexts(besides: inquiry.document.uri)
    for (file, text) in texts where file != path { others[file] = text }
    let after = inquiry.workspace.analysis(text, path: inquiry.document.path, others: others)
    let known = Set(inquiry.analysis.diagnostics.map { $0.message.replacing(name, with: new) })
    let fresh = after.diagnostics.first {
      $0.level == .error && !known.contains($0.message.replacing(name, with: new))
    }
    if let fresh {
      throw ResponseError(
        .requestFailed, "the spec would say something else with '\(new)': \(fresh.message)")
    }
    guard words(of: inquiry.analysis, new) == words(of: after, new) else {
      throw ResponseError(
        .requestFailed, "the spec would say something else with '\(new)': other values")
    }
  }

  /// Names and numbers of the resolved spec and its runs, the new name as the old one.
  ///
  /// What stands between them no name changes, but for the columns of comments.
  private func words(of analysis: Analysis, _ new: String) -> [[String]] {
    analysis.resolvedTexts.map { text in
      text.utf8.split { !Outline.isOfName($0) }.map { bytes in
        let word = String(decoding: bytes, as: UTF8.self)
        return word == new ? name : word
      }
    }
  }

  /// Refuses a name that a definition which speaks of the old one has for a parameter, or in its `let`: there it would
  /// mean that, with nothing amiss.
  private static func refuse(
    _ new: String, at found: [Range<Int>], in outline: Outline
  ) throws(ResponseError) {
    let hiding = definitions(withParameter: new, in: outline)
    for word in outline.words {
      guard let place = definition(word.path), hiding.contains(place),
        found.contains(where: { $0.overlaps(word.range) })
      else { continue }
      let owner = (place.lastKey ?? "").definedName
      throw ResponseError(
        .invalidParameters, "'\(new)' means something of its own in '\(owner)'")
    }
  }

  // MARK: Occurrences

  /// Sections whose keys are names of networks.
  private static let sectionsOfNetworks: Set<String> = ["networks", "ema"]
  /// Texts that are no expressions.
  private static let plainTexts: Set<String> = [
    "name", "include", "paper", "summary", "path", "label_path", "dir", "type", "weights", "spec",
  ]

  /// Where a text speaks of the network or variable, in order.
  static func occurrences(
    of name: String, _ kind: Names.Kind, in outline: Outline
  ) -> [Range<Int>] {
    let hiding = definitions(withParameter: name, in: outline)
    return outline.words.flatMap { word -> [Range<Int>] in
      if let place = definition(word.path), hiding.contains(place) {
        return inDefaults(word, of: place, name, outline)
      }
      switch word.role {
      case .key: return inKey(word, name, kind, outline)
      case .value: return inValue(word, name, outline)
      }
    }
  }

  /// Blocks and definitions that have a parameter of this name, or a value in `let`, which is what it means in them.
  private static func definitions(
    withParameter name: String, in outline: Outline
  ) -> Set<[Outline.Step]> {
    var places: Set<[Outline.Step]> = []
    for word in outline.words where word.role == .key {
      guard let place = definition(word.path) else { continue }
      let inner = word.path.dropFirst(place.count)
      let isSignature =
        inner.isEmpty && parameters(of: word, in: outline).contains { $0.name == name }
      let isNaming = inner.first == .key("parameters") || inner.first == .key("let")
      let isEntry = inner.count == 2 && isNaming && word.path.lastKey == name
      if isSignature || isEntry { places.insert(place) }
    }
    return places
  }

  /// The block, role or definition that a path leads into; nil elsewhere.
  private static func definition(_ path: [Outline.Step]) -> [Outline.Step]? {
    let depth = ["blocks": 2, "bind": 2, "define": 3][path.section ?? ""]
    guard let depth, path.count >= depth else { return nil }
    return Array(path.prefix(depth))
  }

  /// `c` and `width` of `gblock(c, width=max(2, base))`, each with the bytes of its default, from the `=` on.
  private static func parameters(
    of key: Outline.Word, in outline: Outline
  ) -> [(name: String, value: Range<Int>)] {
    let bytes = outline.bytes
    guard let open = bytes[key.range].firstIndex(of: UInt8(ascii: "(")) else { return [] }
    let isClosed = bytes[key.range].last == UInt8(ascii: ")")
    let end = isClosed ? key.range.upperBound - 1 : key.range.upperBound
    return Signature.parts(of: bytes, (open + 1)..<end).map { part in
      let equals = bytes[part].firstIndex(of: UInt8(ascii: "=")) ?? part.upperBound
      let name = String(decoding: bytes[part.lowerBound..<equals], as: UTF8.self)
      return (name: name.filter { $0 != " " }, value: equals..<part.upperBound)
    }
  }

  /// The name where a definition that has a parameter of this name still means what is outside: in the defaults of its
  /// parameters, up to that of the parameter itself.
  private static func inDefaults(
    _ word: Outline.Word, of place: [Outline.Step], _ name: String, _ outline: Outline
  ) -> [Range<Int>] {
    let inner = word.path.dropFirst(place.count)
    if word.role == .value {
      // Parameters of a layer are tensors, whose shapes its own numbers make.
      let isLayer = place.dropFirst().first == .key("layers")
      return inner.first == .key("parameters") && !isLayer ? inValue(word, name, outline) : []
    }
    guard inner.isEmpty else { return [] }
    let parameters = parameters(of: word, in: outline)
    let own = parameters.firstIndex { $0.name == name } ?? parameters.count - 1
    return parameters.prefix(own + 1).flatMap { inParts($0.value, name, outline) }
  }

  private static func inKey(
    _ word: Outline.Word, _ name: String, _ kind: Names.Kind, _ outline: Outline
  ) -> [Range<Int>] {
    let section = word.path.section ?? ""
    let sections = kind == .network ? sectionsOfNetworks : ["vars"]
    if word.path.count == 2, sections.contains(section), outline.text(word) == name {
      return [word.range]
    }
    // Defaults of a block's parameters may name variables: `gblock(c, width=base)`.
    let isSignature =
      word.path.count == 2 && section == "blocks" || word.path.count == 3 && section == "define"
    if isSignature {
      return inParts(word.range, name, outline).filter { $0.lowerBound > word.range.lowerBound }
    }
    // `sweep: {vars.width: [16, 32]}`.
    guard section == "sweep", let first = outline.names(in: word.range).first else { return [] }
    let start = String(decoding: outline.bytes[first], as: UTF8.self)
    return sections.contains(start)
      ? outline.names(in: word.range).dropFirst().prefix(1).filter {
        String(decoding: outline.bytes[$0], as: UTF8.self) == name
      } : []
  }

  private static func inValue(_ word: Outline.Word, _ name: String, _ outline: Outline) -> [Range<
    Int
  >] {
    let path = word.path
    let isText = path.lastKey.map(plainTexts.contains) ?? false || path.section == "include"
    let isChoice = Place(path, in: outline).forms.contains {
      if case .choice = $0 { true } else { false }
    }
    guard isText || isChoice else { return inParts(word.range, name, outline) }
    // Texts may have `${name}` in them.
    return inParts(word.range, name, outline).filter {
      outline.isInInterpolation($0.lowerBound, of: word)
    }
  }

  /// The name in an expression: neither a label, `lr=`, nor an output, `D(x).name`.
  private static func inParts(_ range: Range<Int>, _ name: String, _ outline: Outline) -> [Range<
    Int
  >] {
    outline.names(in: range).filter { part in
      guard outline.bytes[part].elementsEqual(name.utf8) else { return false }
      let bytes = outline.bytes
      let isMember =
        part.lowerBound > range.lowerBound && bytes[part.lowerBound - 1] == UInt8(ascii: ".")
      let rest = bytes[part.upperBound..<range.upperBound].drop { $0 == UInt8(ascii: " ") }
      let isLabel = rest.first == UInt8(ascii: "=") && rest.dropFirst().first != UInt8(ascii: "=")
      return !isMember && !isLabel
    }
  }
}
