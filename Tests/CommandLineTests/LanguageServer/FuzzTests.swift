import Diagnostics
import Foundation
import JSON
import Spec
import TestSupport
import Testing

/// Random edits: the server must neither fall over nor say anything of a text that is no more.
///
/// `ADVAS_EDITS` says how many; `make fuzz-editor` takes 5,000.
struct LanguageServerFuzzTests {
  private static let count =
    ProcessInfo.processInfo.environment["ADVAS_EDITS"].flatMap(Int.init) ?? 300

  /// Pieces that change what the text around them means.
  private static let pieces = [
    "", "", "", " ", "  ", "\n", "\n  - ", ": ", ", ", "{", "}", "[", "]", "\"", "'", "#", "&a ",
    "*a", "|\n",
    "${width}", "${", "💍", "ß", "\t", "\r\n", "x", "D(G(z))", "mean(", ")", "conv: {out: 3}",
    "null", "1e9",
    "include: base.yaml\n", "sweep: {seed: [1, 2]}\n", "- advas\n", "spec: 1\n", "!replace ",
    "<<: *a",
  ]

  private static let methods = [
    "textDocument/completion", "textDocument/hover", "textDocument/definition",
    "textDocument/prepareRename",
  ]

  @Test func randomEditsLeaveWhatTheCheckerSays() throws {
    let specs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("specs")
    let sources = try [
      "ring/gan", "examples/conditional", "resnet/biggan32", "stylegan2/stylegan2-28",
    ]
    .map { specs.appendingPathComponent("\($0).yaml") }
    .map { ($0, try String(contentsOf: $0, encoding: .utf8)) }
    var random = SplitMix64(seed: 18)
    let client = try LanguageClient(environment: [:])
    var version = 0
    var compared = 0
    var (file, text) = sources[0]
    var uri = "file://" + file.path
    for edit in 0..<Self.count {
      if edit % 60 == 0 {
        if edit > 0 { client.close(uri) }
        (file, text) = sources[Int.random(in: 0..<sources.count, using: &random)]
        uri = "file://" + file.path
        client.open(uri, text, version: version)
      }
      version += 1
      client.change(uri, version: version, [Self.edit(&text, &random)])
      if edit % 3 == 0 {
        let lines = text.utf16.filter { $0 == 10 }.count
        client.ask(
          Self.methods[edit % Self.methods.count],
          .place(
            uri, Int.random(in: 0...lines + 1, using: &random),
            Int.random(in: 0...90, using: &random)))
      }
      // Now and then somebody pauses; who does not is told of later texts alone.
      guard edit % 7 == 0 || edit == Self.count - 1 || edit % 60 == 59 else { continue }
      let told = try client.diagnostics(of: uri, version: version)
      let expected = SpecLoader(environment: [:]).load(text: text, name: file.path).diagnostics
      let own = expected.sorted.map { Told($0, of: file.path) }.filter { $0.file == file.path }
      if !text.contains("sweep:") {
        for (found, wanted) in told.map({ Told($0, uri: uri) }).matched(with: own) {
          #expect(found == wanted, "edit \(edit)")
        }
        compared += own.count
      }
    }
    // Edits break most texts, and about every other one has no sweep yet.
    #expect(compared >= Self.count / 50)
    for versions in client.publishedVersions.values { #expect(versions == versions.sorted()) }
    #expect(try client.leave() == 0)
  }

  /// Changes a text at random, and returns the change as the protocol spells it.
  private static func edit(_ text: inout String, _ random: inout SplitMix64) -> JSONValue {
    var units = Array(text.utf16)
    var start = Int.random(in: 0...units.count, using: &random)
    var end = min(
      units.count, start + (Bool.random(using: &random) ? 0 : Int.random(in: 0..<9, using: &random))
    )
    // Editors do not cut characters, nor line ends, in two.
    func isCut(_ index: Int) -> Bool {
      guard index > 0, index < units.count else { return false }
      return UTF16.isTrailSurrogate(units[index]) || units[index - 1] == 13 && units[index] == 10
    }
    while isCut(start) { start -= 1 }
    while isCut(end) { end -= 1 }
    end = max(start, end)
    let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
    let change = JSONValue.change(
      from: place(of: start, in: units), to: place(of: end, in: units), piece)
    units.replaceSubrange(start..<end, with: Array(piece.utf16))
    text = String(decoding: units, as: UTF16.self)
    return change
  }

  private static func place(of index: Int, in units: [UInt16]) -> (Int, Int) {
    var line = 0
    var start = 0
    for (position, unit) in units[..<index].enumerated() {
      let isReturn = unit == 13 && (position + 1 >= units.count || units[position + 1] != 10)
      if unit == 10 || isReturn { (line, start) = (line + 1, position + 1) }
    }
    return (line, index - start)
  }
}
