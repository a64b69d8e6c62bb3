import Foundation
import Testing

@Suite struct ExitCodeTests {
  @Test func aRunEndsWithItsFiles() throws {
    let place = try Workplace()
    let result = try place.run("spec.yaml")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error == "")
    let files = try FileManager.default.contentsOfDirectory(
      atPath: place.file("runs/00000-small-ring").path)
    #expect(
      files.sorted() == [
        "checkpoint-000010.safetensors", "checkpoint-000020.safetensors", "convolutions.table",
        "fakes000000.png", "fakes000010.png", "fakes000020.png", "log.txt", "metrics.jsonl",
        "reals.png", "spec.yaml",
      ])
    #expect(result.output.contains("runs/00000-small-ring/fakes000020.png"))
    #expect(result.output.contains("modes covered: "))
    let rounds = try place.lines("runs/00000-small-ring/metrics.jsonl").map(round)
    #expect(rounds == [1, 5, 10, 15, 20])
    #expect(try place.run("spec.yaml", "--steps", "1").status == 0)
    #expect(FileManager.default.fileExists(atPath: place.file("runs/00001-small-ring").path))
  }

  @Test(arguments: [
    [], ["--no-such-flag"], ["spec.yaml", "--at", "3"], ["spec.yaml", "--seed", "x"],
    ["spec.yaml", "--dry-run", "--print-config"], ["spec.yaml", "--benchmark", "0"],
    ["spec.yaml", "--passcheck", "--gradcheck"], ["spec.yaml", "--disable-pass", "cse"],
    ["spec.yaml", "--passcheck", "--disable-pass", "none"], ["spec.yaml", "--samples", "8"],
    ["spec.yaml", "--passcheck", "--samples", "1"], ["spec.yaml", "--passcheck", "--samples", "3"],
    ["spec.yaml", "--profile", "1", "--precision", "float64"],
    ["spec.yaml", "--autotune", "a.table", "--precision", "float64"],
    ["spec.yaml", "--gradcheck", "--convolution-table", "missing"],
    ["spec.yaml", "--print-config", "--convolution-table", "missing"],
    ["spec.yaml", "--list-runs", "--convolution-table", "missing"],
    ["--schema", "--convolution-table", "missing"],
  ])
  func aFaultyCommandLineIs64(arguments: [String]) throws {
    let place = try Workplace()
    let result = try Command.run(Command.url("advas-run"), arguments, in: place.folder)
    #expect(result.status == 64)
    #expect(result.output == "")
    #expect(!result.error.isEmpty)
  }

  @Test(arguments: [
    ["nowhere.yaml"], ["spec.yaml", "--set", "train.totl=3"], ["spec.yaml", "--steps", "many"],
    ["spec.yaml", "--set", "data.x.batch=15"], ["spec.yaml", "--include", "nowhere.yaml"],
    ["resume", "nowhere"], ["resume", "."], ["spec.yaml", "--replay", "spec.yaml"],
    ["spec.yaml", "--dry-run", "--set", "data.x.batch=2000000000"],
  ])
  func faultyInputIs2(arguments: [String]) throws {
    let place = try Workplace()
    let result = try Command.run(Command.url("advas-run"), arguments, in: place.folder)
    #expect(result.status == 2, "\(result.error)")
    #expect(result.output == "")
    #expect(result.error.contains("error: "))
    #expect(!FileManager.default.fileExists(atPath: place.file("runs").path))
  }

  @Test(arguments: ["/proc/nowhere", "spec.yaml", "spec.yaml/inside"])
  func aFolderThatCannotBeWrittenIs1(folder: String) throws {
    let place = try Workplace()
    let result = try place.run("spec.yaml", "--out", folder)
    #expect(result.status == 1)
    #expect(result.error.contains("error: cannot"))
    #expect(
      result.error.contains("'\(folder.split(separator: "/").first ?? "")")
        || result.error.contains(folder))
    let record = try place.run("spec.yaml", "--record", "nowhere/r.safetensors")
    #expect(record.status == 1)
  }

  @Test func dryRunsWriteNothing() throws {
    let place = try Workplace()
    let result = try place.run("spec.yaml", "--dry-run")
    #expect(result.status == 0)
    for text in [
      "network D", "player generator", "penalty advas: weight auto", "FLOP per round",
      "plan: parameters",
    ] {
      #expect(result.output.contains(text), "\(text)")
    }
    #expect(!FileManager.default.fileExists(atPath: place.file("runs").path))
  }

  @Test func thePrintedConfigIsASpecOfTheSameRun() throws {
    let place = try Workplace()
    let printed = try place.run(
      "spec.yaml", "--print-config", "--set", "optimizer.lr=2e-3", "--seed", "3")
    #expect(printed.status == 0)
    #expect(printed.output.contains("# --set"))
    try printed.output.write(to: place.file("printed.yaml"), atomically: true, encoding: .utf8)
    #expect(
      try place.run(
        "spec.yaml", "--set", "optimizer.lr=2e-3", "--seed", "3", "--steps", "3", "--out", "a"
      ).status == 0)
    let again = try place.run("printed.yaml", "--steps", "3", "--out", "b")
    #expect(again.status == 0, "\(again.error)")
    let name = "00000-small-ring/checkpoint-000003.safetensors"
    #expect(try place.bytes("a/\(name)") == place.bytes("b/\(name)"))
  }

  @Test func benchmarksPrintOneLineOfJSON() throws {
    let place = try Workplace()
    let result = try place.run("spec.yaml", "--benchmark", "3")
    #expect(result.status == 0)
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let values = try #require(object as? [String: Any])
    #expect((values["round_ms"] as? [Double])?.count == 3)
    #expect(
      Set(values.keys) == [
        "start_s", "first_round_s", "compile_s", "first_step_s", "round_ms", "plan_mb",
        "loaded_mb", "peak_mb", "heap_growth",
      ])
  }

  @Test func passesAreLeftOutOfMeasurementsOnly() throws {
    let place = try Workplace()
    let timed = try place.run("spec.yaml", "--benchmark", "1", "--disable-pass", "shared-sweeps")
    #expect(timed.status == 0)
    let training = try place.run("spec.yaml", "--steps", "1", "--disable-pass", "shared-sweeps")
    #expect(training.status == 64)
    #expect(training.error.contains("--benchmark"))
    let unknown = try place.run("spec.yaml", "--benchmark", "1", "--disable-pass", "sweeps")
    #expect(unknown.status == 64)
    #expect(unknown.error.contains("There is no pass 'sweeps'; there are"))
  }

  @Test func gradientsAgreeWithDifferences() throws {
    let place = try Workplace()
    let result = try place.run(
      "spec.yaml", "--gradcheck", "--set", "regularizers.advas.include_regularizers=true")
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("4 comparisons, all within 1e-05"))
  }
}

/// The round of a line of metrics.jsonl.
func round(_ line: String) throws -> Int {
  let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
  return try #require(object?["round"] as? Int)
}
