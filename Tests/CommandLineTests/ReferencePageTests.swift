import Foundation
import Testing

/// Pages with generated parts say what the commands say now.
struct ReferencePageTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// A copy stands beside the page, as its graphs' specs are found from there.
  @Test(arguments: ["SPEC.md", "ADVAS.md", "SECOND-ORDER-SAVINGS.md"])
  func isUpToDate(name: String) throws {
    let page = Self.root.appending(path: "Docs/\(name)")
    let copy = Self.root.appending(path: "Docs/.\(UUID().uuidString).md")
    defer { try? FileManager.default.removeItem(at: copy) }
    try FileManager.default.copyItem(at: page, to: copy)
    let result = try Command.run(Command.url("advas-run"), ["reference", copy.path])
    #expect(result.status == 0, "\(result.error)")
    let (old, new) = (
      try String(contentsOf: page, encoding: .utf8), try String(contentsOf: copy, encoding: .utf8)
    )
    #expect(
      old == new, "Docs/\(name) is not up to date; run: advas-run reference Docs/\(name)")
  }

  @Test func unknownPartsAreRefused() throws {
    let place = try Workplace()
    try "<!-- generated: lint -->\n<!-- end -->\n".write(
      to: place.file("page.md"), atomically: true, encoding: .utf8)
    let result = try place.run("reference", "page.md")
    #expect(result.status == 2)
    #expect(result.error.contains("did you mean 'lints'?"), "\(result.error)")
    #expect(try place.run("reference", "nowhere.md").status == 2)
  }
}
