import Diagnostics
import Foundation
import JSON
import Spec
import Testing

/// What an editor is told of the broken specs is what the commands say.
struct LanguageServerDiagnosticsTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("SpecTests/Cases")

  @Test func wrongSpecsHaveTheFaultsThatTheCommandNames() throws {
    let client = try LanguageClient(environment: [:])
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(names.count >= 120)
    for name in names {
      let file = Self.folder.appendingPathComponent(name)
      let uri = "file://" + file.path
      let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      client.open(uri, text)
      _ = try client.diagnostics(of: uri)
      let expected = SpecLoader(environment: [:]).load(text: text, name: file.path).diagnostics
      // An editor can show what has a place.
      #expect(expected.sorted.allSatisfy { $0.span != nil }, "\(name)")
      for (found, wanted) in try Told.all(client).matched(
        with: expected.sorted.map { Told($0, of: file.path) })
      {
        #expect(found == wanted, "\(name)")
      }
      client.close(uri)
    }
    #expect(try client.leave() == 0)
  }
}

/// A message as an editor or a terminal shows it.
struct Told: Hashable {
  var file: String
  var line: Int
  /// In UTF-16 code units, from 0.
  var character: Int
  var severity: Int
  var message: String
  var notes: [String]

  /// What the commands say of a spec.
  init(_ diagnostic: Diagnostic, of spec: String) {
    let span = diagnostic.span.flatMap { $0.file.name.hasPrefix("<") ? nil : $0 }
    file = span?.file.name ?? spec
    (line, character) = span.map(Self.place) ?? (0, 0)
    severity = [.error: 1, .warning: 2, .note: 3][diagnostic.level] ?? 0
    message = diagnostic.message + (diagnostic.hint.map { "\n\($0)" } ?? "")
    notes = diagnostic.notes.map { $0.message + ($0.hint.map { "\n\($0)" } ?? "") }
  }

  /// Counted by Foundation, not by the server.
  private static func place(_ span: SourceSpan) -> (Int, Int) {
    let before = String(decoding: span.file.bytes[..<span.start], as: UTF8.self)
    let line = before.unicodeScalars.lazy.filter { $0 == "\n" }.count
    let last = before.unicodeScalars.lastIndex(of: "\n").map {
      before.unicodeScalars[before.unicodeScalars.index(after: $0)...]
    }
    return (line, String(last.map(String.init) ?? before).utf16.count)
  }

  init(_ value: JSONValue, uri: String) {
    let start = value["range"]?["start"]
    file = uri.removingPercentEncoding?.replacing("file://", with: "") ?? uri
    line = start?["line"]?.number ?? -1
    character = start?["character"]?.number ?? -1
    severity = value["severity"]?.number ?? -1
    message = value["message"]?.string ?? ""
    notes = (value["relatedInformation"]?.list ?? []).map { $0["message"]?.string ?? "" }
  }

  /// All that a client was told.
  static func all(_ client: LanguageClient) throws -> [Told] {
    client.published.sorted { $0.key < $1.key }.flatMap { uri, told in
      told.diagnostics.map { Told($0, uri: uri) }
    }
  }
}

extension [Told] {
  /// Pairs in the order of places; what has no partner has nil.
  func matched(with others: [Told]) -> [(Told?, Told?)] {
    let (a, b) = (sortedByPlace, others.sortedByPlace)
    return (0..<Swift.max(a.count, b.count)).map { index in
      (index < a.count ? a[index] : nil, index < b.count ? b[index] : nil)
    }
  }

  private var sortedByPlace: [Told] {
    sorted { ($0.line, $0.character, $0.message) < ($1.line, $1.character, $1.message) }
  }
}
