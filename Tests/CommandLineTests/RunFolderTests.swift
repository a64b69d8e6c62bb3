import Data
import Foundation
import Testing

/// Who may write into the folder of a run, and what lies in it when a run ends in the middle.
@Suite struct RunFolderTests {
  private static let run = "runs/00000-small-ring"
  private static let endless = ["spec.yaml", "--steps", "1000000", "--set", "log.every=10"]

  private func start(_ place: Workplace, _ more: [String] = []) throws -> Running {
    try Running(Command.url("advas-run"), Self.endless + more, in: place.folder)
  }

  private func files(_ place: Workplace) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place.file(Self.run).path).sorted()
  }

  @Test func oneProcessTrainsInAFolder() throws {
    let place = try Workplace()
    let running = try start(place, ["--set", "checkpoint.every=10"])
    #expect(running.waits(for: "round 30/"))
    let second = try place.run("resume", Self.run)
    #expect(second.status == 2)
    #expect(second.error.contains("another process trains the run in '\(Self.run)'"))
    #expect(second.output == "")
    running.process.interrupt()
    #expect(try running.finish().status == 130)
    let after = try start(place, [])
    #expect(after.waits(for: "round 10/"))  // Another run of the spec has a folder of its own.
    after.process.interrupt()
    #expect(try after.finish().status == 130)
    #expect(try place.run("resume", Self.run, "--steps", "1").error.contains("rounds already"))
  }

  /// A terminal that is gone, and a key that says to quit.
  @Test(arguments: [SIGHUP, SIGQUIT])
  func aSignalSavesTheState(signal: Int32) throws {
    let place = try Workplace()
    let running = try start(place)
    #expect(running.waits(for: "round 10/"))
    kill(running.process.processIdentifier, signal)
    let result = try running.finish()
    #expect(result.status == 130, "\(result.error)")
    let saved = try files(place).filter { $0.hasPrefix("checkpoint") }.max()
    let round = try #require(saved.flatMap { Int($0.dropFirst(11).prefix(while: \.isNumber)) })
    #expect(
      result.output.contains("interrupted after round \(round); go on with: advas-run resume"))
  }

  @Test func aRunUnderNohupGoesOn() throws {
    let place = try Workplace()
    let command = Command.url("advas-run").path
    let script = "trap '' HUP; exec '\(command)' \(Self.endless.joined(separator: " "))"
    let running = try Running(
      URL(fileURLWithPath: "/bin/bash"), ["-c", script], in: place.folder)
    #expect(running.waits(for: "round 10/"))
    kill(running.process.processIdentifier, SIGHUP)
    let lines = running.output.split(separator: "\n").count
    #expect(running.waits { running.output.split(separator: "\n").count > lines + 20 })
    #expect(running.process.isRunning)
    running.process.interrupt()
    #expect(try running.finish().status == 130)
  }

  /// A round of ten thousand steps of 4,096 samples is not over when the answer is there, and the second signal does not wait for it.
  @Test func theFirstSignalIsAnsweredAtOnce() throws {
    let place = try Workplace()
    let running = try start(
      place, ["--set", "players.discriminator.steps=10000", "--set", "data.x.batch=4096"])
    #expect(running.waits(for: "rounds into"))
    usleep(300_000)
    running.process.interrupt()
    #expect(running.waits { running.error.contains("interrupted; the state is saved when") })
    #expect(running.process.isRunning)
    running.process.terminate()
    running.process.waitUntilExit()
    #expect(running.process.terminationReason == .uncaughtSignal)
  }

  /// Programs read the answer as they read other messages.
  @Test func theAnswerIsALineOfJSON() throws {
    let place = try Workplace()
    let words = ["ADVAS_DIAGNOSTICS=json", Command.url("advas-run").path] + Self.endless
    let running = try Running(URL(fileURLWithPath: "/usr/bin/env"), words, in: place.folder)
    #expect(running.waits(for: "round 10/"))
    running.process.interrupt()
    let result = try running.finish()
    #expect(result.status == 130, "\(result.error)")
    let note = try JSONSerialization.jsonObject(with: Data(result.error.utf8)) as? [String: Any]
    #expect(note?["level"] as? String == "note")
    let message = try #require(note?["message"] as? String)
    #expect(message.hasPrefix("interrupted; the state is saved when this round is done"))
  }

  @Test func checkpointsComeByTheClock() throws {
    let place = try Workplace()
    let running = try start(
      place, ["--set", "checkpoint.every=0", "--set", "checkpoint.minutes=0.002"])
    let isSaved = { (try? self.files(place).contains { $0.hasPrefix("checkpoint") }) ?? false }
    #expect(running.waits(isSaved))
    kill(running.process.processIdentifier, SIGKILL)
    running.process.waitUntilExit()
    let never = try start(place, ["--set", "checkpoint.every=0", "--set", "checkpoint.minutes=0"])
    #expect(never.waits(for: "round 200/"))
    kill(never.process.processIdentifier, SIGKILL)
    never.process.waitUntilExit()
    let names = try FileManager.default.contentsOfDirectory(
      atPath: place.file("runs/00001-small-ring").path)
    #expect(!names.contains { $0.hasPrefix("checkpoint") })
  }

  @Test func leftoversOfAKilledWriterGo() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml", "--steps", "10").status == 0)
    let leftover = "\(Self.run)/.checkpoint-000007.safetensors.4711-0.tmp"
    let other = "\(Self.run)/.notes.tmp"
    for name in [leftover, other] { try Data([1]).write(to: place.file(name)) }
    #expect(try place.run("resume", Self.run, "--steps", "12").status == 0)
    #expect(!FileManager.default.fileExists(atPath: place.file(leftover).path))
    #expect(FileManager.default.fileExists(atPath: place.file(other).path))
  }

  @Test func goingOnSaysWhereTheRunStands() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml").status == 0)
    let back = try place.run("resume", Self.run, "--steps", "15")
    #expect(back.status == 2)
    #expect(back.error.contains("the run has 20 rounds already, and should end at 15"))
    let done = try place.run("resume", Self.run)
    #expect(done.status == 0)
    #expect(done.output.contains("all 20 rounds are done (--steps trains more)"))
    #expect(try place.run("resume", Self.run, "--steps", "22").status == 0)
    let beyond = try place.run("resume", Self.run)
    #expect(beyond.status == 2)
    #expect(beyond.error.contains("the run has 22 rounds already, and its spec asks for 20"))
  }

  /// A line from 1e-3 in round 1 to 0 in round 11, counted from 1: the last ten of twenty rounds have rate 0.
  @Test func roundsAtRateZeroAreSaid() throws {
    let place = try Workplace()
    let flags = ["--set", "optimizer.schedule=linear", "--steps", "10"]
    let first = try Command.run(
      Command.url("advas-run"), ["spec.yaml"] + flags, in: place.folder)
    #expect(first.error == "")
    let more = try place.run("resume", Self.run, "--steps", "20")
    #expect(more.status == 0)
    #expect(
      more.error.contains(
        "player 'generator' is 0 from round 11 on: of 20 rounds 10 change nothing"))
    let (ten, twenty) = (
      try SafetensorsFile(path: place.file("\(Self.run)/checkpoint-000010.safetensors").path),
      try SafetensorsFile(path: place.file("\(Self.run)/checkpoint-000020.safetensors").path)
    )
    #expect(ten.tensors["G.0.weight"] == twenty.tensors["G.0.weight"])
  }

  @Test(arguments: [("round", "20", "10"), ("seed", "0", "1"), ("steps/generator", "20", "21")])
  func whatAChangedHeaderSaysIsRefused(key: String, old: String, new: String) throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml").status == 0)
    let name = "\(Self.run)/checkpoint-000020.safetensors"
    var bytes = try place.bytes(name)
    let mark = Data("\"\(key)\":\"\(old)\"".utf8)
    let range = try #require(bytes.range(of: mark))
    bytes.replaceSubrange(range, with: Data("\"\(key)\":\"\(new)\"".utf8))
    try bytes.write(to: place.file(name))
    let result = try place.run("resume", Self.run, "--steps", "25")
    #expect(result.status == 2)
    #expect(result.error.contains("checkpoint-000020.safetensors' is damaged"), "\(result.error)")
  }
}
