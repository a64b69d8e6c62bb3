import Foundation
import TensorIR
import Testing

@Suite struct DocumentationTests {
  /// Docs/IR.md has a row for every operation and names every scalar function.
  @Test func everyOperationIsDocumented() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "Docs/IR.md"), encoding: .utf8)
    for mnemonic in Op.mnemonics { #expect(page.contains("| `\(mnemonic)` |"), "\(mnemonic)") }
    for function in MapFunction.allCases.map(\.rawValue) + ZipFunction.allCases.map(\.rawValue) {
      #expect(page.contains(function), "\(function)")
    }
  }
}
