import Diagnostics
import JSON
import Spec
import Syntax

/// Where what stands at a place is defined: in the spec, in what it includes, or in the prelude.
struct Definition {
  private let inquiry: Inquiry
  private var outline: Outline { inquiry.outline }

  init(_ inquiry: Inquiry) { self.inquiry = inquiry }

  /// null where nothing is known.
  var json: JSONValue {
    guard let word = inquiry.word else { return .null }
    if word.path.section == "include", word.role == .value { return included(word) ?? .null }
    guard let (name, bytes) = inquiry.name else { return .null }
    if let place = local(name, word) { return place }
    if let known = inquiry.names.named(name).min(by: { rank($0, word) < rank($1, word) }),
      let place = inquiry.location(known)
    {
      return place
    }
    guard Self.isReference(word, bytes) else { return .null }
    return SpecLanguage.placeInPrelude(of: name).flatMap { inquiry.location($0) } ?? .null
  }

  /// A key that the language declares has no definition, whatever entry of the prelude is called so.
  private static func isReference(_ word: Outline.Word, _ bytes: Range<Int>) -> Bool {
    word.role == .value
      || word.path.dropFirst().contains { if case .item = $0 { true } else { false } }
      || ["objective", "regularizers", "bind"].contains(word.path.section)
  }

  /// A file that the spec is laid over.
  private func included(_ word: Outline.Word) -> JSONValue? {
    let text = outline.text(word)
    let path = text.hasPrefix("/") ? text : folder(of: inquiry.document.path) + text
    let uri = inquiry.workspace.uri(ofFile: path, seenFrom: inquiry.document.uri)
    let start = Position(line: 0, character: 0)
    return uri.map { .object([("uri", .text($0)), ("range", .range(start, start))]) }
  }

  /// A `let` around the place, or a layer that has the name.
  private func local(_ name: String, _ word: Outline.Word) -> JSONValue? {
    for count in (0..<word.path.count).reversed() {
      let lets = outline.keys(at: word.path.prefix(count) + [.key("let")])
      if let key = lets.first(where: { outline.text($0) == name }) { return place(key.range) }
    }
    guard word.path.contains(.key("from")) else { return nil }
    let layers = outline.words.filter {
      $0.role == .value && $0.path.lastKey == "name" && outline.text($0) == name
        && $0.path.starts(with: word.path.prefix(2))
    }
    return (layers.last { $0.range.upperBound <= word.range.lowerBound } ?? layers.first)
      .flatMap { place($0.range) }
  }

  private func place(_ bytes: Range<Int>) -> JSONValue {
    .object([("uri", .text(inquiry.document.uri)), ("range", inquiry.range(bytes))])
  }

  /// Of several things with one name, a layer's type is a block, and the entry of a list what the list is of.
  private func rank(_ name: Names.Name, _ word: Outline.Word) -> Int {
    let fits: Set<Names.Kind>
    switch word.path.section {
    case "networks", "blocks": fits = [.block, .layer, .variable]
    case "objective": fits = [.objective]
    case "regularizers": fits = [.regularizer]
    default: fits = []
    }
    return fits.contains(name.kind) ? 0 : 1
  }
}
