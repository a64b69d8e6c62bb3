import Foundation
import JSON
import Testing

/// How the language server keeps texts, and what it says to what makes no sense.
struct LanguageServerProtocolTests {
  private static let uri = "file:///nowhere/spec.yaml"

  @Test func aTextChangesInPlaces() throws {
    let client = try LanguageClient()
    client.open(Self.uri, Workplace.ring)
    #expect(try client.diagnostics(of: Self.uri) == [])
    // `- relu` of G becomes `- relo`, and later what it was.
    client.change(Self.uri, version: 2, [.change(from: (12, 11), to: (12, 12), "o")])
    let told = try client.diagnostics(of: Self.uri, version: 2)
    #expect(told.count == 1)
    #expect(
      told.first?["message"]?.string?.hasPrefix("unknown layer 'relo'\ndid you mean 'relu'?")
        == true)
    #expect(told.first?["range"]?["start"] == .position(12, 8))
    #expect(told.first?["range"]?["end"] == .position(12, 12))
    client.change(
      Self.uri, version: 3,
      [.change(from: (12, 11), to: (12, 12), ""), .change(from: (12, 11), to: (12, 11), "u")])
    #expect(try client.diagnostics(of: Self.uri, version: 3) == [])
    client.change(Self.uri, version: 4, [.whole("spec: 2\n")])
    #expect(try client.diagnostics(of: Self.uri, version: 4).count > 1)
    #expect(try client.leave() == 0)
  }

  /// Characters beyond the first plane are two units, whatever they take in the file.
  @Test func placesCountUTF16() throws {
    let client = try LanguageClient()
    let text = Workplace.ring.replacing("name: small ring", with: "name: 'ein 🍕 für 💍'")
    client.open(Self.uri, text.replacing("radius: 2", with: "'💍': 1"))
    let told = try client.diagnostics(of: Self.uri)
    #expect(told.count == 1)
    #expect(told.first?["range"]?["start"] == .position(3, 28))
    // Behind the pizza, of which the name has one more afterwards.
    client.change(Self.uri, version: 2, [.change(from: (1, 13), to: (1, 13), "🍕")])
    client.change(Self.uri, version: 3, [.change(from: (3, 28), to: (3, 35), "radius: 2")])
    #expect(try client.diagnostics(of: Self.uri, version: 3) == [])
  }

  @Test func anIncludedFileIsReadAsItStandsInTheEditor() throws {
    let place = try Workplace()
    let base = place.file("base.yaml")
    try Workplace.ring.write(to: base, atomically: true, encoding: .utf8)
    let (root, included) = ("file://" + place.spec.path, "file://" + base.path)
    let client = try LanguageClient()
    client.open(root, "spec: 1\ninclude: base.yaml\nseed: 3\n")
    #expect(try client.diagnostics(of: root) == [])
    client.open(included, Workplace.ring.replacing("modes: 8", with: "mods: 8"))
    let told = try client.diagnostics(of: included)
    #expect(told.count == 1)
    #expect(told.first?["range"]?["start"] == .position(3, 18))
    // Without the base in the editor, it is the one on disk again.
    client.close(included)
    client.change(root, version: 2, [.change(from: (2, 6), to: (2, 7), "4")])
    #expect(try client.diagnostics(of: root, version: 2) == [])
    #expect(client.published[included]?.diagnostics == [])
    client.change(root, version: 3, [.change(from: (1, 9), to: (1, 13), "bass")])
    #expect(
      try client.diagnostics(of: root, version: 3).first?["range"]?["start"] == .position(1, 9))
  }

  @Test func anIncludedFileOfAnotherFolderNeedNotBeSaved() throws {
    let client = try LanguageClient()
    let root = "file:///nowhere/study/spec.yaml"
    client.open("file:///nowhere/base.yaml", Workplace.ring)
    client.open(root, "spec: 1\ninclude: ../base.yaml\nseed: 3\n")
    #expect(try client.diagnostics(of: root) == [])
  }

  /// A file of parts lacks nothing, until something in it is wrong.
  @Test func aFileOfPartsIsNoFaultySpec() throws {
    let client = try LanguageClient()
    client.open(Self.uri, "spec: 1\nblocks:\n  active: [leaky_relu: 0.2]\nregularizers: [advas]\n")
    #expect(try client.diagnostics(of: Self.uri) == [])
    client.change(Self.uri, version: 2, [.whole("spec: 1\nblocks:\n  active: 3\n")])
    #expect(try client.diagnostics(of: Self.uri, version: 2).count == 1)
  }

  @Test func whatMakesNoSenseIsAnswered() throws {
    let client = try LanguageClient()
    client.send(raw: "Content-Length: 9\r\n\r\n{\"id\": 1,")
    #expect(try client.receive()["error"]?["code"] == .integer(-32700))
    #expect(try client.request("textDocument/sing", .null)["error"]?["code"] == .integer(-32601))
    client.notify("textDocument/didChange", .null)
    client.notify("textDocument/didClose", .object([("textDocument", .text("?"))]))
    client.open(Self.uri, "")
    #expect(try client.diagnostics(of: Self.uri).count == 1)
    #expect(try client.leave() == 0)
  }

  @Test func whoHangsUpGetsAnExitCode() throws {
    #expect(try LanguageClient().hangUp() == 1)
    let client = try LanguageClient()
    client.send(raw: "GET / HTTP/1.1\r\n\r\n")
    #expect(client.hangUp() == 2)
  }
}
