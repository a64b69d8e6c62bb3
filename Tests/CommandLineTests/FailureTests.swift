import Foundation
import Testing

@Suite struct FailureTests {
  @Test func anInfiniteLossNamesTheFirstOperationAndItsLine() throws {
    let place = try Workplace()
    let result = try place.run("spec.yaml", "--set", "optimizer.lr=1e30")
    #expect(result.status == 1)
    #expect(result.error.contains("error: "))
    #expect(result.error.contains("the first value that is not finite"))
    // The operation, and the line of the layer or expression that it comes from.
    #expect(result.error.contains(#/spec\.yaml:\d+:\d+: note: the first value .* %\d+ = \w+/#))
    #expect(result.error.contains("checkpoint-000000.safetensors"))
    let saved = place.file("runs/00000-small-ring/checkpoint-000000.safetensors")
    #expect(FileManager.default.fileExists(atPath: saved.path))
    let log = try place.lines("runs/00000-small-ring/log.txt").joined()
    #expect(log.contains("the first value that is not finite"))
  }

  /// Only a training run searches for the operation, so that no other command says what a search found.
  @Test(arguments: ["benchmark spec.yaml", "record spec.yaml r.safetensors --at 20"])
  func anInfiniteLossOutsideOfARunHasNoFinding(command: String) throws {
    let place = try Workplace()
    let result = try Command.run(
      Command.url("advas-run"),
      command.split(separator: " ").map(String.init) + ["--set", "optimizer.lr=1e30"],
      in: place.folder)
    #expect(result.status == 1)
    #expect(result.error.contains(" in round "))
    #expect(!result.error.contains("note: "), "\(result.error)")
  }

  @Test func aClosedPipeIsNoFailure() throws {
    let place = try Workplace()
    let graph = Command.url("advas-graph").path
    let script = "'\(graph)' --dump spec.yaml --stage gradient | head -1; echo ${PIPESTATUS[0]}"
    let result = try Command.run(
      URL(fileURLWithPath: "/bin/bash"), ["-c", script], in: place.folder)
    #expect(result.output.hasSuffix("\n0\n"), "\(result.output)")
    let run = Command.url("advas-run").path
    let training = try Command.run(
      URL(fileURLWithPath: "/bin/bash"),
      ["-c", "'\(run)' spec.yaml | head -1; echo ${PIPESTATUS[0]}"], in: place.folder)
    #expect(training.output.hasSuffix("\n0\n"), "\(training.output)")
    let files = try FileManager.default.contentsOfDirectory(
      atPath: place.file("runs/00000-small-ring").path)
    #expect(files.contains("checkpoint-000020.safetensors"))
  }

  @Test func aFullDiskLeavesEarlierCheckpointsWhole() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml", "--steps", "10").status == 0)
    let name = "runs/00000-small-ring/checkpoint-000010.safetensors"
    let before = try place.bytes(name)
    // A limit on the size of files stands in for a disk without space: the same path, another errno.
    let run = Command.url("advas-run").path
    let result = try Command.run(
      URL(fileURLWithPath: "/bin/bash"),
      ["-c", "ulimit -f 2; exec '\(run)' resume runs/00000-small-ring --steps 20"],
      in: place.folder)
    #expect(result.status == 1, "\(result.error)")
    #expect(result.error.contains("error: cannot write"))
    #expect(try place.bytes(name) == before)
    let files = try FileManager.default.contentsOfDirectory(
      atPath: place.file("runs/00000-small-ring").path)
    #expect(files.allSatisfy { !$0.hasSuffix(".tmp") })
    #expect(try place.run("resume", "runs/00000-small-ring", "--steps", "20").status == 0)
  }

  @Test(arguments: ["spec", "forward", "gradient", "optimized", "planned"])
  func everyStagePrints(stage: String) throws {
    let place = try Workplace()
    let result = try Command.run(
      "advas-graph", "--dump", "spec.yaml", "--stage", stage, "--step", "generator",
      in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains(stage == "spec" ? "objective: wgan" : "@generator.step"))
    #expect(!result.output.contains("@discriminator.step"))
  }

  @Test func statisticsAreJSON() throws {
    struct Statistics: Decodable {
      struct Function: Decodable {
        struct Pass: Decodable { let pass: String, dense_flops_removed: Double }
        let function: String, flops: Double, dense_flops: Double
        let flops_by_order: [Double], passes: [Pass]
      }
      let functions: [Function]
    }
    let place = try Workplace()
    let result = try Command.run("advas-graph", "spec.yaml", "--stats", "--json", in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    let read = try JSONDecoder().decode(Statistics.self, from: Data(result.output.utf8))
    let step = try #require(read.functions.first { $0.function == "generator [advas]" })
    #expect(step.flops == step.flops_by_order.reduce(0, +))
    #expect(step.dense_flops < step.flops)
    #expect(step.passes.contains { $0.dense_flops_removed > 0 })
    #expect(step.passes.contains { $0.pass == "shared-sweeps" })
    for others in [["--stage", "optimized"], ["--stats", "--timings"]] {
      let both = try Command.run(
        Command.url("advas-graph"), ["spec.yaml", "--json"] + others, in: place.folder)
      #expect(both.status == 64, "\(others)")
    }
    let sampling = try Command.run(
      "advas-graph", "spec.yaml", "--json", "--step", "sample", in: place.folder)
    let narrow = try JSONDecoder().decode(Statistics.self, from: Data(sampling.output.utf8))
    #expect(narrow.functions.map(\.function) == ["sample G"])
  }

  @Test func explanationsNameWhatStopsAPass() throws {
    let place = try Workplace()
    let folder = place.folder
    let result = try Command.run(
      "advas-graph", "--explain-passes", "spec.yaml", "--step", "generator", in: folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.hasPrefix("generator [advas]\n  G on z: "))
    #expect(result.output.contains("  gram-products: "))
    #expect(!result.output.contains("discriminator"))
    for arguments in [["--stats"], ["--json"], ["--stage", "spec"], ["spec.yaml"]] {
      let both = try Command.run(
        Command.url("advas-graph"), ["--explain-passes", "spec.yaml"] + arguments, in: folder)
      #expect(both.status == 64, "\(arguments)")
    }
    let missing = try Command.run("advas-graph", "--explain-passes", "nowhere.yaml", in: folder)
    #expect(missing.status == 2)
    #expect(missing.error.contains("error: "))
    let check = try place.run("passcheck", "spec.yaml", "--disable-pass", "shared-sweeps")
    #expect(check.status == 0, "\(check.error)")
    #expect(check.output.contains("2 steps, all within 1e-12"))
  }

  @Test func statisticsAreATable() throws {
    let place = try Workplace()
    let result = try Command.run("advas-graph", "spec.yaml", "--stats", in: place.folder)
    #expect(result.status == 0)
    for text in ["discriminator [wgan_gp]", "generator [advas]", "max live", "FLOP", "parameters"] {
      #expect(result.output.contains(text), "\(text)")
    }
    let narrow = try Command.run(
      "advas-graph", "--stats", "spec.yaml", "--step", "sample", in: place.folder)
    #expect(narrow.output.contains("sample G") && !narrow.output.contains("generator"))
    #expect(
      try Command.run("advas-graph", "spec.yaml", "--step", "generatr", in: place.folder).status
        == 2)
    #expect(try Command.run("advas-graph", in: place.folder).status == 64)
    #expect(try Command.run("advas-graph", "nowhere.yaml", in: place.folder).status == 2)
  }
}
