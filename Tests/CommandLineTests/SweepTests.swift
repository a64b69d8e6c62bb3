import Foundation
import Testing

/// `sweep SPEC`: runs side by side, in folders that whoever comes later finds again.
@Suite struct SweepTests {
  private func place(_ sweep: String = "seed: {range: [0, 3]}") throws -> Workplace {
    try Workplace(spec: Workplace.ring + "sweep: {\(sweep)}\n")
  }

  private func listed(_ place: Workplace, _ arguments: String...) throws -> [[String: Any]] {
    let words = ["sweep", "spec.yaml", "--list", "--json"] + arguments
    let result = try Command.run(Command.url("advas-run"), words, in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    return try #require(object?["runs"] as? [[String: Any]])
  }

  private func checkpoint(_ run: Int, round: Int = 20, of place: Workplace) throws -> Data {
    let stem = String(format: "checkpoint-%06d", round)
    return try place.bytes("runs/0000\(run)-small-ring-\(run)/\(stem).safetensors")
  }

  /// Figures and losses, but nothing that the clock says.
  private func numbers(_ run: Int, of place: Workplace) throws -> [String] {
    try place.timelessLines(of: "runs/0000\(run)-small-ring-\(run)").map(\.text)
  }

  @Test func sideBySideIsAsOneAfterAnother() throws {
    let (turns, sides) = (try place(), try place())
    #expect(try turns.run("spec.yaml").status == 0)
    let result = try sides.run("sweep", "spec.yaml", "--jobs", "3")
    #expect(result.status == 0, "\(result.error)")
    for run in 0..<4 {
      #expect(try checkpoint(run, of: sides) == checkpoint(run, of: turns))
      #expect(try numbers(run, of: sides) == numbers(run, of: turns))
      #expect(result.output.contains("run \(run): finished"))
    }
    #expect(result.output.contains("00003-small-ring-3  finished      20"), "\(result.output)")
    let before = try sides.modified()
    let again = try sides.run("sweep", "spec.yaml", "--jobs", "3")
    #expect(again.output.contains("run 2 (3 of 4): seed=2: is finished in runs/00002-small-ring-2"))
    #expect(try sides.modified() == before)
  }

  @Test func runsAreListedBeforeTheyAre() throws {
    let place = try place("optimizer.lr: [1e-3, 1e-4], seed: [0, 7]")
    let runs = try listed(place)
    #expect(
      runs.map { $0["folder"] as? String } == (0..<4).map { "runs/0000\($0)-small-ring-\($0)" })
    #expect(runs.allSatisfy { $0["state"] as? String == "missing" && $0["rounds"] as? Int == 20 })
    #expect(runs[1]["sets"] as? String == "optimizer.lr=1e-3 seed=7")
    #expect(Set(runs.compactMap { $0["digest"] as? String }).count == 4)
    #expect(try listed(place, "--only", "1/3").map { $0["run"] as? Int } == [1])
    #expect(try listed(place, "--only", "0/3").map { $0["run"] as? Int } == [0, 3])
    // The length of a run is not what makes it another.
    let longer = try listed(
      place, "--steps", "30", "--threads", "1", "--set", "log.tensorboard=true")
    #expect(longer.map { $0["digest"] as? String } == runs.map { $0["digest"] as? String })
    #expect(!FileManager.default.fileExists(atPath: place.file("runs").path))
  }

  @Test(arguments: [
    ("SLURM_ARRAY_TASK_ID=2", 2), ("PBS_ARRAY_INDEX=0", 0), ("SGE_TASK_ID=1", 0),
    ("LSB_JOBINDEX=4", 3),
  ])
  func theSchedulersIndexIsARun(variable: String, run: Int) throws {
    let place = try place()
    let words = [
      variable, Command.url("advas-run").path, "sweep", "spec.yaml", "--only", "array", "--list",
    ]
    let result = try Command.run(URL(fileURLWithPath: "/usr/bin/env"), words, in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.split(separator: "\n").count == 2)
    #expect(result.output.contains("seed=\(run)\n"), "\(result.output)")
  }

  @Test(arguments: [
    (["--only", "4"], "error: the sweep has no run 4: its 4 runs are 0 to 3\n", Int32(2)),
    (["--only", "array"], "is for the tasks of a job array, and this process is none", 2),
    (["--only", "3/3"], "'3/3' is invalid", 64), (["--only", "-1"], "'-1' is invalid", 64),
    (["--jobs", "0"], "--jobs is from 1 to 1024", 64),
    (["--set", "sweep=null"], "'spec.yaml' has no sweep", 2),
    (["--set", "sweep={seed: [7]}", "--only", "1"], "has no run 1: its only run is 0\n", 2),
  ])
  func whatIsNotThereIsSaid(arguments: [String], message: String, status: Int32) throws {
    let place = try place()
    let result = try Command.run(
      Command.url("advas-run"), ["sweep", "spec.yaml"] + arguments, in: place.folder)
    #expect(result.status == status)
    #expect(result.error.contains(message), "\(result.error)")
    #expect(!FileManager.default.fileExists(atPath: place.file("runs").path))
  }

  @Test func othersTrainPastOneThatFails() throws {
    let place = try place("optimizer.lr: [1e30, 1e-3], seed: [0, 1]")
    let result = try place.run("sweep", "spec.yaml", "--jobs", "2")
    #expect(result.status == 1)
    #expect(result.error.contains("run 1 (2 of 4): optimizer.lr=1e30 seed=1: failed, exit code 1"))
    #expect(result.error.contains("is nan in round 1"))
    #expect(result.error.contains("error: 2 of 4 runs of the sweep failed\nnote: run 0 (1 of 4)"))
    #expect(
      try listed(place).map { $0["state"] as? String } == [
        "failed", "failed", "finished", "finished",
      ])
  }

  /// Whether a single run is trained or has been, the last line is the list of runs.
  @Test func aSingleRunIsListedToo() throws {
    let place = try place()
    for isTrained in [false, true] {
      let result = try place.run("sweep", "spec.yaml", "--only", "2", "--json")
      #expect(result.status == 0, "\(result.error)")
      let lines = result.output.split(separator: "\n")
      #expect((lines.count == 1) == isTrained, "\(result.output)")
      let object = try JSONSerialization.jsonObject(with: Data((lines.last ?? "").utf8))
      let runs = (object as? [String: Any])?["runs"] as? [[String: Any]]
      #expect(runs?.map { $0["state"] as? String } == ["finished"], "\(result.output)")
    }
  }

  /// A parent may have the signal ignored that tells of the end of a process.
  @Test func endsOfRunsAreSeenWhoeverStartsTheSweep() throws {
    let place = try place("seed: [0, 1]")
    let words = [
      "--signal=KILL", "300", "env", "--ignore-signal=CHLD", Command.url("advas-run").path, "sweep",
      "spec.yaml",
    ]
    let result = try Command.run(URL(fileURLWithPath: "/usr/bin/timeout"), words, in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("run 1: finished"), "\(result.output)")
  }

  @Test func aFolderOfAnotherRunIsLeftAlone() throws {
    let place = try place()
    #expect(try place.run("sweep", "spec.yaml", "--only", "1").status == 0)
    let result = try place.run("sweep", "spec.yaml", "--only", "1", "--set", "optimizer.lr=0.5")
    #expect(result.status == 2)
    #expect(
      result.error.contains("'runs/00001-small-ring-1' holds another run than run 1 of this sweep"))
    // More rounds of the same run are no other run.
    let longer = try place.run("sweep", "spec.yaml", "--only", "1", "--steps", "30")
    #expect(longer.status == 0, "\(longer.error)")
    #expect(longer.output.contains("going on after 20 of 30 rounds"), "\(longer.output)")
  }
}

extension Workplace {
  /// When each file in `runs` was last written.
  fileprivate func modified() throws -> [String: Date] {
    let folder = file("runs")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { name in
        let attributes = try FileManager.default.attributesOfItem(
          atPath: folder.appendingPathComponent(name).path)
        return (name, try #require(attributes[.modificationDate] as? Date))
      })
  }
}
