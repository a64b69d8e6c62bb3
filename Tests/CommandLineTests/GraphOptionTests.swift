import Foundation
import Testing

/// Options of `advas-graph` that do not go together, and what each is told.
@Suite struct GraphOptionTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let spec = "specs/examples/smallest.yaml"

  private func graph(_ arguments: [String]) throws -> Command.Output {
    try Command.run(Command.url("advas-graph"), arguments, in: Self.root)
  }

  @Test(arguments: [["--json"], ["--stats"], ["--timings"], ["--stage", "gradient"]])
  func aDifferenceStandsByItself(arguments: [String]) throws {
    let difference = try graph(["--diff", Self.spec, Self.spec] + arguments)
    #expect(difference.status == 64)
    #expect(difference.error.contains("--diff stands by itself"), "\(difference.error)")
    let explanation = try graph(["--explain-passes", Self.spec] + arguments)
    #expect(explanation.status == 64)
  }

  @Test(arguments: ["merge-resampling", "join-steps"])
  func whatLoweringDoesIsNoPassToPrintAfter(name: String) throws {
    let output = try graph([Self.spec, "--print-after", name])
    #expect(output.status == 64)
    #expect(output.error.contains("Lowering does '\(name)'"), "\(output.error)")
  }

  @Test func aSpecMayBePrintedWithItsStatistics() throws {
    let output = try graph(["--dump", Self.spec, "--stage", "spec", "--stats"])
    #expect(output.status == 0, "\(output.error)")
    #expect(output.output.contains("spec: 1"))
    #expect(output.output.contains("\nplan: "))
  }
}
