import JSON
import Spec
import Syntax

/// What may be written at a place: keys that are declared there, words of a choice, names of the spec.
struct Completion {
  /// What editors show beside a proposal: numbers are those of the protocol.
  private enum Kind: Int {
    case function = 3
    case variable = 6
    case classType = 7
    case module = 9
    case property = 10
    case value = 12
    case keyword = 14
    case file = 17
    case constant = 21
  }

  private let inquiry: Inquiry
  /// The text with something at the place, so that there is a word in any case.
  private let outline: Outline
  private var proposals: [(label: String, item: JSONValue)] = []
  private var labels: Set<String> = []

  init(_ inquiry: Inquiry) {
    self.inquiry = inquiry
    var bytes = inquiry.document.text.bytes
    bytes.insert(UInt8(ascii: "x"), at: inquiry.offset)
    outline = Outline(bytes)
    guard let word = outline.word(at: inquiry.offset + 1), word.range.contains(inquiry.offset)
    else { return }
    propose(at: word)
  }

  var json: JSONValue {
    .object([("isIncomplete", .boolean(false)), ("items", .list(proposals.map(\.item)))])
  }

  private mutating func propose(at word: Outline.Word) {
    if isInInterpolation(word) {
      addNames([.variable])
      return
    }
    if word.role == .key {
      addKeys(at: Array(word.path.dropLast()), hasColon: true)
      return
    }
    let place = Place(word.path, in: outline)
    let isWhole = outline.name(at: inquiry.offset).map { $0 == word.range } ?? false
    if isWhole, word.mayBeKey { addKeys(at: word.path, hasColon: false) }
    if isWhole { addWords(of: place, at: word.path) }
    if place.takesNames, !word.path.isEmpty { addNames(at: word, of: place) }
  }

  /// Whether the place is behind a `${` of its word that no brace closes.
  private func isInInterpolation(_ word: Outline.Word) -> Bool {
    outline.isInInterpolation(inquiry.offset, of: word)
  }

  // MARK: Proposals

  private mutating func addKeys(at path: [Outline.Step], hasColon: Bool) {
    let place = Place(path, in: outline)
    let own = outline.word(at: inquiry.offset + 1)?.range
    let taken = Set(outline.keys(at: path).filter { $0.range != own }.map { outline.text($0) })
    for key in place.keys(at: path, in: outline) where !taken.contains(key.name) {
      let detail = [key.looks, key.fallbackText].filter { !$0.isEmpty }.joined(
        separator: "; default ")
      add(
        key.name, .property, detail: detail.replacing("`", with: ""), meaning: key.meaning,
        inserts: hasColon ? key.name : key.name + ": ")
    }
    if taken.isEmpty { addWords(of: place, at: path) }
  }

  private mutating func addWords(of place: Place, at path: [Outline.Step]) {
    let summaries = place.words.count > 4 ? Summaries.all : [:]
    for word in place.words { add(word, .value, detail: summaries[word] ?? "") }
    if place.isLayer { addNames([.block, .layer]) }
    switch path.section {
    case "objective": addNames([.objective])
    case "regularizers": addNames([.regularizer])
    default: break
    }
  }

  /// Names for a value that is an expression, a number or a name.
  private mutating func addNames(at word: Outline.Word, of place: Place) {
    let path = word.path
    if path.contains(.key("include")) { return }
    let looks = declaredKey(at: path)?.looks ?? ""
    if looks.hasPrefix("a network") { return addNames([.network]) }
    if looks.hasPrefix("a player") { return addNames([.player]) }
    if looks.hasPrefix("list of streams") || path.lastKey == "input" { return addNames([.stream]) }
    if path.contains(.key("from")) {
      add("previous", .keyword, detail: "the layer above")
      return addLayers(path)
    }
    let isNumber = place.forms.contains { form in
      switch form {
      case .integer, .integers, .number, .rounds: true
      default: false
      }
    }
    addNames([.variable, .scheduled])
    if isNumber || place.isBareValue { return }
    addNames([.network, .stream, .function, .state, .player, .role])
    addLets(path)
    for role in SpecLanguage.roles { add(role, .keyword, detail: "role") }
    for function in SpecLanguage.functions {
      add(function.name, .function, detail: function.signature, meaning: function.summary)
    }
  }

  private func declaredKey(at path: [Outline.Step]) -> (any AnyKey)? {
    let path = path.last.map { if case .item = $0 { Array(path.dropLast()) } else { path } } ?? path
    guard let name = path.lastKey else { return nil }
    let above = Array(path.dropLast())
    return Place(above, in: outline).keys(at: above, in: outline).first { $0.name == name }
  }

  private mutating func addNames(_ kinds: Set<Names.Kind>) {
    for name in inquiry.names.of(kinds) {
      add(name.text, name.kind == .variable ? .constant : .variable, detail: name.kind.rawValue)
    }
  }

  /// Layers that have a name, of the same network.
  private mutating func addLayers(_ path: [Outline.Step]) {
    for word in outline.words
    where word.role == .value && word.path.lastKey == "name"
      && word.path.starts(with: path.prefix(2))
    {
      add(outline.text(word), .variable, detail: "layer")
    }
  }

  private mutating func addLets(_ path: [Outline.Step]) {
    for count in 0..<path.count {
      for key in outline.keys(at: path.prefix(count) + [.key("let")]) {
        add(outline.text(key), .variable, detail: "let")
      }
    }
  }

  private mutating func add(
    _ label: String, _ kind: Kind, detail: String = "", meaning: String = "", inserts: String? = nil
  ) {
    guard labels.insert(label).inserted else { return }
    var members: [(String, JSONValue)] = [
      ("label", .text(label)), ("kind", .integer(kind.rawValue)),
    ]
    if !detail.isEmpty { members.append(("detail", .text(detail))) }
    if !meaning.isEmpty {
      let value = JSONValue.object([("kind", .text("markdown")), ("value", .text(meaning))])
      members.append(("documentation", value))
    }
    if let inserts, inserts != label { members.append(("insertText", .text(inserts))) }
    proposals.append((label, .object(members)))
  }
}

/// One line about each word of the language.
enum Summaries {
  static let all: [String: String] = Dictionary(
    Catalogue.allCases.flatMap { $0.entries }, uniquingKeysWith: { first, _ in first })
}
