import Foundation
import Testing

/// What `advas-graph --dump` writes for other programs, in files that reviewers can read; `UPDATE_GOLDEN=1` rewrites them.
@Suite struct GraphFormatTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
  private static let root = tests.deletingLastPathComponent().deletingLastPathComponent()

  private func dump(_ spec: String, _ arguments: String...) throws -> Command.Output {
    try Command.run(Command.url("advas-graph"), ["--dump", spec] + arguments, in: Self.root)
  }

  /// Compares with `Cases/name`.
  private func expect(_ output: Command.Output, is name: String) throws {
    #expect(output.status == 0, "\(output.error)")
    let url = Self.tests.appending(path: "Cases/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try output.output.write(to: url, atomically: true, encoding: .utf8)
      return
    }
    #expect(try output.output == String(contentsOf: url, encoding: .utf8))
  }

  @Test(arguments: [
    ("smallest.mlir", "stablehlo"), ("smallest.ir", "ir"), ("smallest.txt", "text"),
  ])
  func smallestGame(name: String, format: String) throws {
    try expect(try dump("specs/examples/smallest.yaml", "--format", format), is: name)
  }

  /// What AdvAs adds to the smallest game's generator: Docs/ADVAS.md has it by hand.
  @Test func differenceOfTwoSpecs() throws {
    let spec = Self.root.appending(path: "specs/examples/smallest.yaml").path
    let place = try Workplace(
      spec: "spec: 1\nname: plain\ninclude: \(spec)\nregularizers: !replace [weight_clipping]\n")
    let output = try Command.run(
      Command.url("advas-graph"), ["--diff", "spec.yaml", spec, "--step", "generator"],
      in: place.folder)
    try expect(output, is: "smallest-advas.diff")
  }

  @Test(arguments: [
    (["--of", "D.3"], "no node is of 'D.3'"), (["--around", "lsos"], "did you mean 'loss'?"),
    (["--path", "z", "%99"], "there is no node '%99'"),
    (["--only", "mtmul"], "did you mean 'matmul'?"),
  ])
  func unknownNamesAreFaults(arguments: [String], message: String) throws {
    let output = try Command.run(
      Command.url("advas-graph"), ["specs/examples/smallest.yaml"] + arguments, in: Self.root)
    #expect(output.status == 2)
    #expect(output.error.contains(message), "\(output.error)")
  }

  @Test(arguments: [
    ["--path", "z"], ["--diff", "a.yaml"], ["--of", "D", "--stats"], ["--depth", "-1"],
    ["--depth", "5"], ["--order", "-1"],
    ["--format", "stablehlo", "--stage", "gradient"],
  ])
  func questionsThatHaveNoAnswer(arguments: [String]) throws {
    let spec = arguments.contains("--diff") ? [] : ["--dump", "specs/examples/smallest.yaml"]
    let output = try Command.run(Command.url("advas-graph"), spec + arguments, in: Self.root)
    #expect(output.status == 64, "\(output.output)")
  }

  /// A variable's memory is that of its next value, and nothing stays fused.
  @Test func stateIsHandedOn() throws {
    let output = try dump(
      "specs/ring/wgan-gp-advas.yaml", "--format", "stablehlo", "--step", "generator")
    let lines = output.output.split(separator: "\n")
    let results = lines.filter { $0.hasPrefix("    tensor<") }
    let inputs = lines.filter { $0.hasPrefix("    %arg") && $0.contains("tf.aliasing_output") }
    #expect(inputs.count == 24, "eight tensors of G, and two moments of each")
    for input in inputs {
      let name = input.split(separator: "\"")[1]
      let index = try #require(
        input.firstMatch(of: /aliasing_output = (\d+)/).flatMap { Int($0.output.1) })
      #expect(results[index].contains("\"next \(name)\""), "\(input)")
    }
  }

  @Test(arguments: [["--stage", "planned"], ["--stats"], ["--stage", "spec"]])
  func otherStagesAreText(arguments: [String]) throws {
    let output = try Command.run(
      Command.url("advas-graph"),
      ["--dump", "specs/examples/smallest.yaml", "--format", "stablehlo"] + arguments, in: Self.root
    )
    #expect(output.status == 64)
    #expect(output.error.contains("--format stablehlo is for --dump SPEC"), "\(output.error)")
  }
}
