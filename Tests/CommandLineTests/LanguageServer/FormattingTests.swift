import Foundation
import JSON
import Testing

/// The layout that the language server gives specs.
struct LanguageServerFormattingTests {
  private static func formatted(_ text: String) throws -> String {
    let client = try LanguageClient()
    let uri = "file:///nowhere/spec.yaml"
    client.open(uri, text)
    return try formatted(text, uri, client)
  }

  private static func formatted(
    _ text: String, _ uri: String, _ client: LanguageClient
  ) throws -> String {
    let document = JSONValue.object([("uri", .text(uri))])
    let answer = try client.request(
      "textDocument/formatting", .object([("textDocument", document)]))
    let edits = try #require(answer["result"]?.list)
    return edits.first?["newText"]?.string ?? text
  }

  @Test func levelsAreTwoSpacesAndCommentsStay() throws {
    let text = """

      # Head.
      spec: 1   \n\n\n
      networks:
          # Of G.
          G:   # here
              input: z
              layers:
              - linear: {out: 2,bias: false}
              # Between.
              - relu

              -   linear: 1
      note: |
          two  \n           spaces

      """
    let expected = """
      # Head.
      spec: 1

      networks:
        # Of G.
        G:   # here
          input: z
          layers:
            - linear: {out: 2, bias: false}
            # Between.
            - relu

            -   linear: 1
      note: |
          two  \n           spaces

      """
    #expect(try Self.formatted(text) == expected)
    #expect(try Self.formatted(expected) == expected)
  }

  @Test func whatIsNoYAMLStays() throws {
    let text = "spec: 1   \n  a: [\nb: }"
    #expect(try Self.formatted(text) == text)
  }

  @Test func shippedSpecsHaveThisLayout() throws {
    let specs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("specs")
    let files =
      FileManager.default.enumerator(at: specs, includingPropertiesForKeys: nil)?
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "yaml" } ?? []
    #expect(files.count > 60)
    let client = try LanguageClient()
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      let uri = "file://" + file.path
      client.open(uri, text)
      #expect(try Self.formatted(text, uri, client) == text, "\(file.lastPathComponent)")
      client.close(uri)
    }
  }
}
