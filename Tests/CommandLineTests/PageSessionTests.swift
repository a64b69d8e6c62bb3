import Foundation
import Testing

/// What the pages show of commands is what the commands print; `UPDATE_GOLDEN=1` brings the pages up to date.
@Suite struct PageSessionTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The commands of a page run in order, in a folder with its files and the specs that ship.
  @Test(arguments: ["TUTORIAL.md", "DEBUGGING.md", "GRAPHS.md"])
  func showsWhatTheCommandsPrint(name: String) throws {
    let url = Self.root.appending(path: "Docs/\(name)")
    let page = SessionPage(try String(contentsOf: url, encoding: .utf8))
    #expect(!page.steps.isEmpty)
    let place = try Workplace()
    for file in page.files {
      try file.text.write(to: place.file(file.name), atomically: true, encoding: .utf8)
    }
    try FileManager.default.createSymbolicLink(
      at: place.file("specs"), withDestinationURL: Self.root.appending(path: "specs"))
    var outputs: [[String]] = []
    for step in page.steps {
      let shown = ShownOutput(page.lines[step.output])
      let output = try lines(of: step.command, in: place.folder)
      outputs.append(shown.updated(by: output) + (page.lines[step.output].last == "" ? [""] : []))
      if let fault = shown.fault(in: output) {
        Issue.record(
          "Docs/\(name): '\(step.command)' does not print\n\(fault)\nbut\n\(output.joined(separator: "\n"))"
        )
      }
    }
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try page.text(showing: outputs).write(to: url, atomically: true, encoding: .utf8)
    }
  }

  private func lines(of command: String, in folder: URL) throws -> [String] {
    let script = "PATH='\(Command.folder.path)':$PATH; { \(command); } 2>&1"
    let result = try Command.run(
      URL(filePath: "/bin/bash"), ["-c", script], in: folder)
    // Editors take spaces from the ends of lines.
    let lines = result.output.components(separatedBy: "\n").map {
      $0.replacing(#/ +$/#, with: "")
    }
    #expect(
      result.status == 0 || result.output.contains("error: "),
      "\(command) ends with \(result.status)")
    return lines.last == "" ? lines.dropLast() : lines
  }

  // MARK: The convention

  @Test func aPageIsRead() {
    let page = SessionPage(
      """
      ```yaml
      # a.yaml: a file
      spec: 1
      ```
      ```yaml
      spec: 2
      ```
      ```console
      $ one
      1

      $ two
      ```
      """)
    #expect(page.files.map(\.name) == ["a.yaml"])
    #expect(page.files.first?.text == "# a.yaml: a file\nspec: 1\n")
    #expect(page.steps.map(\.command) == ["one", "two"])
    #expect(page.text(showing: [["x", "y"], ["z"]]).hasSuffix("$ one\nx\ny\n$ two\nz\n```"))
  }

  @Test(arguments: [
    (["a", "b"], true), (["a"], false), (["b"], false), (["a", "b", "c"], false), (["…"], true),
    (["a", "…"], true), (["…", "b"], true), (["…", "a"], false), (["b", "…"], false),
    (["a", "…", "b"], true), (["a", "…", "a", "…"], false), (["…", "b", "…"], true),
    (["…a", "b…"], true), (["…b", "b"], false), ([], false),
  ])
  func ellipsesStandForAnything(shown: [String], isTrue: Bool) {
    #expect((ShownOutput(shown[...]).fault(in: ["a", "b"]) == nil) == isTrue)
  }

  @Test func anUpdateKeepsWhatIsLeftOut() {
    let shown = ShownOutput(["n 1", "took … s", "…", "end"][...])
    #expect(
      shown.updated(by: ["n 2", "took 3 s", "more", "the end"])
        == ["n 2", "took … s", "…", "the end"])
    #expect(ShownOutput(["a"][...]).updated(by: ["b", "c"]) == ["b", "c"])
  }
}
