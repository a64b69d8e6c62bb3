import Diagnostics
import TestSupport
import Testing

@testable import Spec
@testable import Syntax

/// The located tree and the place of every byte.
struct YAMLTests {
  private func read(_ text: String) throws -> SpecNode {
    var bag = DiagnosticBag()
    let node = YAMLComposer.read(SourceFile(name: "t.yaml", text: text), into: &bag)
    #expect(bag.isEmpty, "\(bag.rendered)")
    return try #require(node)
  }

  /// Every character of the value that is not white space must stand at its place in the file, or at a backslash.
  @Test(
    arguments: [
      ("a: plain text", "plain text"), ("a: 'it''s'", "it's"),
      ("a: \"tab\\tx\\u00e9 y\"", "tab\tx\u{e9} y"),
      ("a: ä + ö # c", "ä + ö"), ("ключ: 'ü'\na: ñ(x, 'y')", "ñ(x, 'y')"),
      ("a: one\n  two\n\n  three", "one two\nthree"),
      ("a: \"one\\\n    two  \n  three\"", "onetwo three"),
      ("a: |\n  one\n    two\n\n  three\n", "one\n  two\n\nthree\n"),
      ("a: >-\n  one\n  two\n\n  three\n", "one two\nthree"),
      ("a: >+ # note\n   one\n   two\n\n", "one two\n\n"), ("a: |2\n    x\n", "  x\n"),
      ("a: &anchor 'x y'", "x y"), ("\u{FEFF}a: bom", "bom"),
      ("a: \"\\x41\\U0001F600b\"", "A\u{1F600}b"),
      ("a: one\r\n  two\r\n", "one two"), ("a: one\u{85}  two", "one two"),
      ("a: \"one\u{85}\u{85}two three\"", "one\ntwo three"),
    ])
  func offsetsPointAtTheirBytes(_ source: String, _ value: String) throws {
    let node = try read(source)
    let text = try #require(node["a"]?.scalar)
    #expect(text.text == value)
    let bytes = Array(value.utf8)
    try #require(text.offsets.count == bytes.count)
    var isEscaped = false
    for (byte, offset) in zip(bytes, text.offsets) where byte > 0x20 {
      let found = text.file.bytes[offset]
      isEscaped = isEscaped || found == UInt8(ascii: "\\")
      #expect(
        found == byte || found == UInt8(ascii: "\\"),
        "byte \(byte) at \(offset) of \(source.debugDescription)")
    }
    #expect(isEscaped == (value.contains("\u{e9}") || value.hasPrefix("A")))
    #expect(zip(text.offsets, text.offsets.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func quotedTextReadsBackAsItself() throws {
    let text = "a \"b\" \\ \t\r\n\u{1}\u{7f}\u{85}\u{a0}\u{2028}\u{2029}\u{feff}é 😀"
    let quoted = yamlQuoted(text)
    #expect(!quoted.contains { $0.isNewline })
    #expect(try read("a: \(quoted)")["a"]?.scalar?.text == text)
  }

  @Test func literalBlocksKeepTheirIndentationExactly() throws {
    let source = "a: |\n    x\n      y\n"
    let text = try #require(try read(source)["a"]?.scalar)
    #expect(text.text == "x\n  y\n")
    #expect(text.offsets == [9, 10, 15, 16, 17, 18])
  }

  @Test(
    arguments: [
      ("y", nil), ("on", nil), ("no", nil), ("true", true), ("False", false), ("'true'", nil),
    ] as [(String, Bool?)])
  func onlyTrueAndFalseAreBooleans(_ text: String, _ value: Bool?) throws {
    let node = try read("a: \(text)")
    #expect(node["a"]?.boolean == value)
  }

  @Test(arguments: ["~", "null", "", "Null"])
  func nulls(_ text: String) throws {
    let node = try read("a: \(text)")
    #expect(node["a"]?.isNull == true)
  }

  @Test(arguments: ["'null'", "none", "off", "'~'", "\"\""])
  func notNulls(_ text: String) throws {
    let node = try read("a: \(text)")
    #expect(node["a"]?.isNull == false)
  }

  @Test func aliasesAndMergeKeys() throws {
    let node = try read(
      "x-b: &b {lr: 1, eps: 2}\nc: {<<: *b, lr: 3}\nd: {<<: [*b, {k: 4, lr: 5}]}\ne: *b\n")
    #expect(node["c"]?["lr"]?.scalar?.text == "3")
    #expect(node["c"]?["eps"]?.scalar?.text == "2")
    #expect(node["d"]?["lr"]?.scalar?.text == "1")
    #expect(node["d"]?["k"]?.scalar?.text == "4")
    #expect(node["e"]?["eps"]?.scalar?.text == "2")
  }

  @Test func spansCoverTheirText() throws {
    let node = try read("k: [ab, 'c d', {e: f}]\nm:\n  n: o\n")
    #expect(node["k"]?.span.text == "[ab, 'c d', {e: f}]")
    #expect(node["k"]?.items?.map(\.span.text) == ["ab", "'c d'", "{e: f}"])
    #expect(node["m"]?.span.text == "n: o")
  }

  /// To look through the rest of the list at each item would take minutes.
  @Test(.timeLimit(.minutes(1))) func longListsAreReadOnce() throws {
    let text = "a: [" + (0..<90_000).map(String.init).joined(separator: ", ") + "]"
    #expect(try read(text)["a"]?.items?.count == 90_000)
  }

  /// A `${...}` between quotes is not what is wrong with its line.
  @Test func aFaultBesideAnInterpolationIsItsOwn() {
    var bag = DiagnosticBag()
    let file = SourceFile(name: "t.yaml", text: "a: 1\n b: \"${x}\"\n")
    #expect(YAMLComposer.read(file, into: &bag) == nil)
    #expect(bag.sorted.map(\.message) == ["a ':' is not allowed here"])
  }

  @Test func cutExpressionsAreRejoinedForTheChecksBehind() throws {
    var bag = DiagnosticBag()
    let file = SourceFile(
      name: "t.yaml", text: "{value: dot(f(a, b), c), weight: 2, list: [min(1, 2), 3]}")
    let node = try #require(YAMLComposer.read(file, into: &bag))
    #expect(node["value"]?.scalar?.text == "dot(f(a, b), c)")
    #expect(node["weight"]?.scalar?.text == "2")
    #expect(node["list"]?.items?.count == 2)
    #expect(bag.sorted.count == 2)
  }

  @Test func nonUTF8IsNamedWithItsPlace() throws {
    guard
      case .failure(let diagnostic) = SpecFile.check(
        [0x61, 0x3A, 0x20, 0x0A, 0x62, 0xFF, 0x63], name: "t.yaml")
    else { return #expect(Bool(false), "accepted") }
    #expect(diagnostic.message == "'t.yaml' is not UTF-8 text")
    #expect(diagnostic.span?.description == "t.yaml:2:2")
  }

  @Test(arguments: ["/", "/nonexistent/spec.yaml", "/dev/zero"])
  func unreadablePaths(_ path: String) {
    let result = SpecLoader().load(path: path)
    #expect(result.experiment == nil)
    #expect(result.diagnostics.sorted.count == 1)
  }

  /// Whatever bytes arrive, reading ends in a tree or in diagnostics.
  @Test func damagedTextNeverTraps() {
    let seed: UInt64 = 20_260_101
    var generator = SplitMix64(seed: seed)
    func next(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    let whole = Array(
      SpecFixture(game: "objective: wgan\nregularizers: [wgan_gp, {advas: {weight: auto}}]\n").text
        .utf8)
    let alphabet = Array("{}[]:,-&*#?|>!%@`'\"\\\t\n $(){}0a\u{e4}~<".utf8)
    for round in 0..<1000 {
      var bytes = whole
      for _ in 0...next(4) {
        let place = next(bytes.count)
        switch next(4) {
        case 0: bytes[place] = alphabet[next(alphabet.count)]
        case 1: bytes.insert(alphabet[next(alphabet.count)], at: place)
        case 2: bytes.remove(at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + next(20)))
        }
        if bytes.isEmpty { bytes = [0x61] }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let result = SpecLoader(environment: [:]).load(text: text)
      #expect(
        result.experiment != nil || result.diagnostics.hasErrors,
        "seed \(seed), round \(round)\n\(text)")
      _ = result.diagnostics.rendered
      _ = result.config?.text
    }
  }
}
