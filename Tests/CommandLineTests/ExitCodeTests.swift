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
    "", "--no-such-flag", "spec.yaml --at 3", "check", "config",
    "spec.yaml --disable-pass cse", "gradcheck spec.yaml --disable-pass cse",
    "benchmark spec.yaml --rounds 0", "profile spec.yaml --rounds 0", "record spec.yaml",
    "passcheck spec.yaml --disable-pass none", "gradcheck spec.yaml --samples 8",
    "passcheck spec.yaml --samples 1", "passcheck spec.yaml --samples 3",
    "record spec.yaml r.safetensors --at -1", "replay spec.yaml a --check-only --record b",
    "profile spec.yaml --precision float64", "autotune spec.yaml a.table --precision float64",
    "gradcheck spec.yaml --convolution-table missing",
    "config spec.yaml --convolution-table missing", "runs spec.yaml --convolution-table missing",
    "schema spec.yaml", "list metrics --json", "explain nothing", "sample spec.yaml -n 3",
    "sample a/b.safetensors -n 1 -o x.npz --checkpoint c.safetensors",
    "export a/b.safetensors -o x.onnx --checkpoint c.safetensors",
    "report runs --port 1", "report runs --serve --pictures 3",
  ])
  func aFaultyCommandLineIs64(arguments: String) throws {
    let place = try Workplace()
    let result = try Command.run(
      Command.url("advas-run"), arguments.split(separator: " ").map(String.init), in: place.folder)
    #expect(result.status == 64)
    #expect(result.output == "")
    #expect(!result.error.isEmpty)
  }

  @Test(arguments: [
    ["nowhere.yaml"], ["spec.yaml", "--set", "train.totl=3"], ["spec.yaml", "--steps", "many"],
    ["spec.yaml", "--set", "data.x.batch=15"], ["spec.yaml", "--include", "nowhere.yaml"],
    ["resume", "nowhere"], ["resume", "."], ["list", "nothing"],
    ["spec.yaml", "--sums", "ordered"],
    ["replay", "spec.yaml", "spec.yaml"],
    ["check", "spec.yaml", "--set", "data.x.batch=2000000000"],
  ])
  func faultyInputIs2(arguments: [String]) throws {
    let place = try Workplace()
    let result = try Command.run(Command.url("advas-run"), arguments, in: place.folder)
    #expect(result.status == 2, "\(result.error)")
    #expect(result.output == "")
    #expect(result.error.contains("error: "))
    #expect(!FileManager.default.fileExists(atPath: place.file("runs").path))
  }

  /// Options that stand for values of the spec are checked as those are, signs and all.
  @Test(arguments: [
    ("--threads", "-1", "<--threads>:1:15: error: 'threads' of 'train' must be between 0 and 1024"),
    ("--seed", "-3", "<--seed>:1:6: error: 'seed' must be at least 0, but is -3"),
    (
      "--seed", "18446744073709551616",
      "<--seed>:1:6: error: 'seed' must be at most 18446744073709551615"
    ),
    ("--seed", "x", "<--seed>:1:6: error: unknown variable 'x'"),
    ("--steps", "-5", "<--steps>:1:13: error: 'total' of 'train' must be a whole number"),
    ("--out", "", "error: 'dir' of 'output' must not be empty"),
    ("--only", "-1", "error: there is no run -1"),
  ])
  func valuesOfTheSpec(option: String, value: String, message: String) throws {
    let place = try Workplace()
    // The parser of arguments takes '--out=' for an option without a value.
    for arguments in [[option, value]] + (value.isEmpty ? [] : [["\(option)=\(value)"]]) {
      let result = try Command.run(
        Command.url("advas-run"), ["spec.yaml"] + arguments, in: place.folder)
      #expect(result.status == 2, "\(result.error)")
      #expect(result.error.contains(message), "\(result.error)")
      #expect(result.error.components(separatedBy: "error: ").count == 2, "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: place.file("runs").path))
    }
  }

  /// The largest seed that fits 64 bits trains, and is not the one below.
  @Test func theLargestSeed() throws {
    let place = try Workplace()
    for seed in ["18446744073709551615", "18446744073709551614"] {
      let result = try place.run("spec.yaml", "--steps", "1", "--seed", seed, "--out", seed)
      #expect(result.status == 0, "\(result.error)")
    }
    let name = "00000-small-ring/checkpoint-000001.safetensors"
    #expect(
      try place.bytes("18446744073709551615/\(name)") != place.bytes("18446744073709551614/\(name)")
    )
  }

  /// Options of a command alone are faults of the command line.
  @Test(arguments: [
    ("record spec.yaml a.safetensors --at -1", "--at counts rounds from 0"),
    ("passcheck spec.yaml --samples -2", "--samples has to be"),
    ("passcheck spec.yaml --samples 0", "--samples has to be an even number from 2"),
    ("compare a b --by seed --at -7", "--at counts rounds from 0"),
    ("report a --pictures -1", "--pictures counts from 0"),
    ("new --data ring --width -1", "--width has to be 1 or more"),
    ("spec.yaml --devices -1", "--devices is at least 1, not -1"),
    ("benchmark spec.yaml --rounds -1", "--rounds has to be 1 or more"),
    ("profile spec.yaml --rounds -3", "--rounds has to be 1 or more"),
  ])
  func negativeCounts(arguments: String, message: String) throws {
    let place = try Workplace()
    let result = try Command.run(
      Command.url("advas-run"), arguments.split(separator: " ").map(String.init), in: place.folder)
    #expect(result.status == 64)
    #expect(result.error.contains("Error: " + message), "\(result.error)")
  }

  @Test(arguments: ["/proc/nowhere", "spec.yaml", "spec.yaml/inside"])
  func aFolderThatCannotBeWrittenIs2(folder: String) throws {
    let place = try Workplace()
    let result = try place.run("spec.yaml", "--out", folder)
    #expect(result.status == 2)
    #expect(result.error.contains("error: cannot"))
    #expect(
      result.error.contains("'\(folder.split(separator: "/").first ?? "")")
        || result.error.contains(folder))
    let record = try place.run("record", "spec.yaml", "nowhere/r.safetensors")
    #expect(record.status == 2)
  }

  @Test func aFolderIsCalledWhatTheOptionSays() throws {
    let place = try Workplace()
    let folder = "a \"new\"\nline\u{2028}"
    let result = try place.run("spec.yaml", "--steps", "1", "--out", folder)
    #expect(result.status == 0, "\(result.error)")
    let spec = place.file("\(folder)/00000-small-ring/spec.yaml").path
    #expect(FileManager.default.fileExists(atPath: spec))
    #expect(try place.run("resume", "\(folder)/00000-small-ring", "--steps", "2").status == 0)
  }

  @Test func checkingWritesNothing() throws {
    let place = try Workplace()
    let result = try place.run("check", "spec.yaml")
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
      "config", "spec.yaml", "--set", "optimizer.lr=2e-3", "--seed", "3")
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
    let result = try place.run("benchmark", "spec.yaml", "--rounds", "3")
    #expect(result.status == 0)
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let values = try #require(object as? [String: Any])
    #expect((values["round_ms"] as? [Double])?.count == 3)
    #expect(
      Set(values.keys) == [
        "start_s", "first_round_s", "compile_s", "first_step_s", "round_ms", "plan_mb",
        "loaded_mb", "peak_mb", "heap_growth", "data_share",
      ])
  }

  @Test func passesAreLeftOutOfMeasurementsOnly() throws {
    let place = try Workplace()
    let timed = try place.run(
      "benchmark", "spec.yaml", "--rounds", "1", "--disable-pass", "shared-sweeps")
    #expect(timed.status == 0)
    let training = try place.run("spec.yaml", "--steps", "1", "--disable-pass", "shared-sweeps")
    #expect(training.status == 64)
    let unknown = try place.run("benchmark", "spec.yaml", "--disable-pass", "sweeps")
    #expect(unknown.status == 64)
    #expect(unknown.error.contains("There is no pass 'sweeps'; there are"))
  }

  @Test func gradientsAgreeWithDifferences() throws {
    let place = try Workplace()
    let result = try place.run(
      "gradcheck", "spec.yaml", "--set", "regularizers.advas.include_regularizers=true")
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("4 comparisons, all within 1e-05"))
  }
}

/// The round of a line of metrics.jsonl.
func round(_ line: String) throws -> Int {
  let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
  return try #require(object?["round"] as? Int)
}
