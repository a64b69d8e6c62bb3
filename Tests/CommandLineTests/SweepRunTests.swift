import Foundation
import Testing

/// A sweep as a whole: what is checked when, and what one run's end means for the others.
@Suite struct SweepRunTests {
  private func place(_ sweep: String) throws -> Workplace {
    try Workplace(spec: Workplace.ring + "sweep: {\(sweep)}\n")
  }

  private func runs(_ place: Workplace) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: place.file("runs").path)
    return (names ?? []).sorted()
  }

  @Test func everyRunTrainsOnce() throws {
    let place = try place("optimizer.lr: [1e-4, 2e-4], seed: {range: [0, 2]}")
    let listed = try place.run("runs", "spec.yaml", "--set", "optimizer.lr=7e-1")
    #expect(listed.output == "0  seed=0\n1  seed=1\n2  seed=2\n")
    let one = try place.run("runs", "spec.yaml", "--only", "5")
    #expect(one.output == "5  optimizer.lr=2e-4 seed=2\n")
    let none = try place.run("runs", "spec.yaml", "--only", "6")
    #expect(none.status == 2 && none.output == "")
    #expect(none.error.contains("there is no run 6"), "\(none.error)")
    let without = try place.run("runs", "spec.yaml", "--set", "sweep=null")
    #expect(without.output == "")
    #expect(without.error == "'spec.yaml' has no sweep: it is one run, advas-run spec.yaml\n")
    let result = try place.run("spec.yaml", "--set", "optimizer.lr=7e-4", "--steps", "1")
    #expect(result.status == 0, "\(result.error)")
    #expect(
      runs(place) == ["00000-small-ring-0", "00001-small-ring-1", "00002-small-ring-2"])
    let text = try String(
      contentsOf: place.file("runs/00002-small-ring-2/spec.yaml"), encoding: .utf8)
    #expect(text.contains("lr: 7e-4") && text.contains("seed: 2"))
    let dry = try place.run("check", "spec.yaml")
    #expect(dry.output.components(separatedBy: "FLOP per round").count == 6 + 1)
    #expect(dry.output.contains("run 5 (6 of 6): optimizer.lr=2e-4 seed=2"))
  }

  /// The last of three is faulty: nothing trains, and one message says in which runs.
  @Test(arguments: [
    ("optimizer.lr: [1e-3, 1e-4, -1]", "must be at least 0"),
    ("data.x.batch: [16, 8, 15]", "15"),
    ("data.x.batch: [16, 8, 2000000000]", "memory of this machine"),
    ("optimizer.lr: [1e-3, 1e-4, 0.001]", "runs 0 and 2 of the sweep are the same"),
    (
      "_: [{seed: 1}, {seed: 2}, {networks.G.from: nowhere.safetensors}]",
      "cannot read 'nowhere.safetensors'"
    ),
  ])
  func allRunsAreCheckedBeforeTheFirstTrains(sweep: String, message: String) throws {
    let place = try place(sweep)
    for command in ["train", "check"] {
      let result = try Command.run(
        Command.url("advas-run"), [command, "spec.yaml", "--steps", "1"], in: place.folder)
      #expect(result.status == 2, "\(result.error)")
      #expect(result.error.contains(message), "\(result.error)")
      #expect(result.error.contains("note: in run 2 of the sweep"))
      #expect(result.error.components(separatedBy: "error: ").count == 2)
    }
    #expect(runs(place).isEmpty)
  }

  @Test func theDataOfTheLastRunIsReadBeforeTheFirstTrains() throws {
    let place = try place("data.x.modes: [8, 4, 2]")
    #expect(try place.run("spec.yaml", "--steps", "1").status == 0)
    let missing = """
      _: [{seed: 1}, {data.x: !replace {type: fashion_mnist, path: nowhere, batch: 16}}]
      """
    let faulty = try self.place(missing)
    let result = try faulty.run("spec.yaml", "--steps", "1")
    #expect(result.status == 2)
    #expect(runs(faulty).isEmpty)
  }

  @Test func aRunThatDivergesDoesNotEndTheOthers() throws {
    let place = try place("optimizer.lr: [1e30, 1e-3], seed: [0, 1]")
    let result = try place.run("spec.yaml")
    #expect(result.status == 1)
    #expect(result.error.contains("error: 2 of 4 runs of the sweep failed\n"))
    #expect(result.error.contains("\nnote: run 1 (2 of 4): optimizer.lr=1e30 seed=1"))
    #expect(runs(place).count == 4)
    for run in ["00002-small-ring-2", "00003-small-ring-3"] {
      let last = place.file("runs/\(run)/checkpoint-000020.safetensors")
      #expect(FileManager.default.fileExists(atPath: last.path))
    }
  }

  @Test func anInterruptionEndsTheSweep() throws {
    let place = try place("seed: [0, 1, 2]")
    let running = try Running(
      Command.url("advas-run"), ["spec.yaml", "--steps", "1000000", "--set", "log.every=10"],
      in: place.folder)
    #expect(running.waits(for: "round 10/"))
    running.process.interrupt()
    let result = try running.finish()
    #expect(result.status == 130, "\(result.error)")
    #expect(result.error.contains("the last 2 of 3 runs have not begun"))
    #expect(runs(place) == ["00000-small-ring-0"])
  }

  /// A signal while a run fails: here its folder is gone when it would save its state.
  @Test func anInterruptionBeginsNoRunBehindOneThatFails() throws {
    let place = try place("seed: [0, 1]")
    let running = try Running(
      Command.url("advas-run"),
      [
        "spec.yaml", "--steps", "1000000", "--set", "log.every=10", "--set", "samples.every=0",
        "--set", "checkpoint.every=0",
      ], in: place.folder)
    #expect(running.waits(for: "round 10/"))
    let id = running.process.processIdentifier
    kill(id, SIGSTOP)
    try FileManager.default.removeItem(at: place.file("runs/00000-small-ring-0"))
    kill(id, SIGINT)
    kill(id, SIGCONT)
    let result = try running.finish()
    #expect(result.status == 130, "\(result.error)")
    #expect(result.error.contains("the last of 2 runs has not begun"), "\(result.error)")
    #expect(!runs(place).contains("00001-small-ring-1"))
  }

  /// A signal while the last run measures what it has reached: nothing is left to do behind that.
  @Test func anInterruptionOfTheLastRoundIsNone() throws {
    let place = try Workplace(
      spec: Workplace.ring + "metrics: [{wasserstein: {samples: 1000}}]\nsweep: {seed: [0, 1]}\n")
    let running = try Running(
      Command.url("advas-run"), ["spec.yaml", "--steps", "1"], in: place.folder)
    let last = place.file("runs/00001-small-ring-1/fakes000001.png").path
    #expect(running.waits { FileManager.default.fileExists(atPath: last) })
    running.process.interrupt()
    let result = try running.finish()
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.contains("interrupted"), "\(result.error)")
  }

  @Test(arguments: ["gradcheck", "benchmark", "config"])
  func othersSayThatTheyLookAtNoRun(command: String) throws {
    let place = try place("seed: [0, 1, 2]")
    let whole = try place.run(command, "spec.yaml")
    #expect(whole.status == 0, "\(whole.error)")
    #expect(whole.error.contains("without its sweep; --only takes one of its 3 runs"))
    let one = try place.run(command, "spec.yaml", "--only", "1")
    #expect(one.error == "")
  }
}
