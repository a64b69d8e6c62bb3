import Foundation
import Testing

@Suite struct ResumeTests {
  private static let run = "runs/00000-small-ring"
  private static let last = "\(run)/checkpoint-000020.safetensors"

  @Test(arguments: ["float32", "float64"])
  func tenRoundsAndTenMoreAreTwenty(precision: String) throws {
    let whole = try Workplace()
    #expect(try whole.run("spec.yaml", "--precision", precision).status == 0)
    let parts = try Workplace()
    #expect(try parts.run("spec.yaml", "--precision", precision, "--steps", "10").status == 0)
    let resumed = try parts.run("resume", Self.run, "--steps", "20", "--precision", precision)
    #expect(resumed.status == 0, "\(resumed.error)")
    #expect(try whole.bytes(Self.last) == parts.bytes(Self.last))
    #expect(
      try whole.bytes("\(Self.run)/fakes000020.png") == parts.bytes("\(Self.run)/fakes000020.png"))
    let rounds = try parts.lines("\(Self.run)/metrics.jsonl").map(round)
    #expect(rounds == [1, 5, 10, 15, 20])
  }

  /// Nobody knows which rounds they are of; only the last one may be cut.
  @Test func linesThatCannotBeReadStay() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml", "--steps", "10").status == 0)
    let file = place.file("\(Self.run)/metrics.jsonl")
    let text = try "a note\n" + String(contentsOf: file, encoding: .utf8)
    try (text + "{\"round\":15,\"sec").write(to: file, atomically: true, encoding: .utf8)
    #expect(try place.run("resume", Self.run, "--steps", "20").status == 0)
    let lines = try place.lines("\(Self.run)/metrics.jsonl")
    #expect(lines.first == "a note")
    #expect(try lines.dropFirst().map(round) == [1, 5, 10, 15, 20])
  }

  @Test func linesWithTheEndsOfWindowsStay() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml", "--steps", "10").status == 0)
    let lines = try place.lines("\(Self.run)/metrics.jsonl")
    try lines.map { $0 + "\r\n" }.joined().write(
      to: place.file("\(Self.run)/metrics.jsonl"), atomically: true, encoding: .utf8)
    #expect(try place.run("resume", Self.run, "--steps", "20").status == 0)
    let resumed = try place.lines("\(Self.run)/metrics.jsonl")
    #expect(lines.count == 3 && Array(resumed.prefix(3)) == lines)
    #expect(try resumed.map(round) == [1, 5, 10, 15, 20])
  }

  @Test func theSameRunWritesTheSameBytesOnAnyNumberOfThreads() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml").status == 0)
    #expect(try place.run("spec.yaml", "--threads", "2").status == 0)
    #expect(
      try place.bytes(Self.last)
        == place.bytes("runs/00001-small-ring/checkpoint-000020.safetensors"))
    #expect(try place.run("spec.yaml", "--seed", "1").status == 0)
    #expect(
      try place.bytes(Self.last)
        != place.bytes("runs/00002-small-ring/checkpoint-000020.safetensors"))
  }

  @Test func anInterruptedRunIsSavedAndGoesOn() throws {
    let whole = try Workplace()
    let place = try Workplace()
    let running = try Running(
      Command.url("advas-run"), ["spec.yaml", "--steps", "1000000", "--set", "log.every=10"],
      in: place.folder)
    #expect(running.waits(for: "round 10/"))
    running.process.interrupt()
    let result = try running.finish()
    #expect(result.status == 130, "\(result.error)")
    #expect(result.output.contains("advas-run resume \(Self.run)"))
    let files = try FileManager.default.contentsOfDirectory(atPath: place.file(Self.run).path)
    let saved = try #require(files.filter { $0.hasPrefix("checkpoint") }.max())
    let round = try #require(Int(saved.dropFirst(11).prefix(while: \.isNumber)))
    let end = "\(round + 7)"
    #expect(try place.run("resume", Self.run, "--steps", end).status == 0)
    #expect(try whole.run("spec.yaml", "--steps", end).status == 0)
    let name =
      "\(Self.run)/checkpoint-\(String(repeating: "0", count: 6 - end.count))\(end).safetensors"
    #expect(try whole.bytes(name) == place.bytes(name))
  }

  @Test func aDamagedCheckpointIsNamedAndRefused() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml").status == 0)
    let sound = try place.bytes(Self.last)
    var bytes = sound
    bytes[bytes.count - 100] ^= 1
    try bytes.write(to: place.file(Self.last))
    let refused = try place.run("resume", Self.run, "--steps", "25")
    #expect(refused.status == 2)
    #expect(refused.error.contains("checkpoint-000020.safetensors' is damaged"))
    #expect(refused.error.contains("--from checkpoint-000010.safetensors"))
    try bytes.prefix(bytes.count - 8).write(to: place.file(Self.last))
    #expect(try place.run("resume", Self.run).error.contains("checkpoint-000020.safetensors"))
    // The user may go back; the rounds between are trained again and give the same bytes.
    let again = try place.run("resume", Self.run, "--from", "checkpoint-000010.safetensors")
    #expect(again.status == 0, "\(again.error)")
    #expect(try place.bytes(Self.last) == sound)
    let beyond = try place.run("resume", Self.run, "--steps", "5")
    #expect(
      beyond.error.contains("go back by advas-run resume \(Self.run) --from CHECKPOINT"),
      "\(beyond.error)")
  }

  @Test func aCheckpointOfAnotherSpecIsRefused() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml", "--steps", "2").status == 0)
    let spec = place.file("\(Self.run)/spec.yaml")
    let text = try String(contentsOf: spec, encoding: .utf8)
    let changed = text.replacingOccurrences(of: "radius: 2", with: "radius: 3")
    #expect(changed != text)
    try changed.write(to: spec, atomically: true, encoding: .utf8)
    let result = try place.run("resume", Self.run, "--steps", "4")
    #expect(result.status == 2)
    #expect(result.error.contains("another spec"))
  }

  @Test func onlyTheNewestCheckpointsStay() throws {
    let place = try Workplace()
    let result = try place.run(
      "spec.yaml", "--set", "checkpoint.every=3", "--set", "checkpoint.keep=2")
    #expect(result.status == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: place.file(Self.run).path)
    #expect(
      files.filter { $0.hasPrefix("checkpoint") }.sorted()
        == ["checkpoint-000018.safetensors", "checkpoint-000020.safetensors"])
  }

  /// The penalty is due in rounds 1, 5, 9, 13 and 17, and logged are 1, 6, 12, 18 and 20.
  @Test func aLineHasWhatWasDueSinceTheLineBefore() throws {
    let place = try Workplace()
    let result = try place.run(
      "spec.yaml", "--set", "players.discriminator.steps=1", "--set",
      "regularizers.wgan_gp.every=4", "--set", "log.every=6", "--set", "samples.every=0")
    #expect(result.status == 0, "\(result.error)")
    let (lines, bytes) = (try place.timelessLines(of: Self.run), try place.bytes(Self.last))
    #expect(lines.map { $0.round } == [1, 6, 12, 18, 20])
    #expect(lines.map { $0.text.contains("\"wgan_gp\":") } == [true, true, true, true, false])
    // What line 12 has of round 9 comes from the checkpoint.
    let again = try place.run("resume", Self.run, "--from", "checkpoint-000010.safetensors")
    #expect(again.status == 0, "\(again.error)")
    #expect(try place.timelessLines(of: Self.run).map { $0.text } == lines.map { $0.text })
    #expect(try place.bytes(Self.last) == bytes)
  }

  /// A folder stands where the last checkpoint should.
  @Test func whatEndsARunIsTheLogsLastWord() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml", "--steps", "10").status == 0)
    try FileManager.default.createDirectory(
      at: place.file(Self.last), withIntermediateDirectories: false)
    let result = try place.run(
      "resume", Self.run, "--from", "checkpoint-000010.safetensors", "--steps", "20", "--json")
    #expect(result.status == 1, "\(result.error)")
    let end = #"{"run":"runs/00000-small-ring","round":20,"outcome":"failed"}"#
    #expect(result.output.hasSuffix(end + "\n"), "\(result.output)")
    let log = try place.lines("\(Self.run)/log.txt")
    #expect(log.last { !$0.hasPrefix(" ") }?.hasPrefix("error: cannot write") == true, "\(log)")
    let list = try place.run("list", "runs").output
    #expect(list.contains("00000-small-ring  failed"), "\(list)")
  }

  /// A run that went back and was interrupted is not where its newest checkpoint is.
  @Test func whoWentBackIsToldFromWhereToGoOn() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml", "--steps", "10").status == 0)
    let first = "checkpoint-000010.safetensors"
    try FileManager.default.copyItem(
      at: place.file("\(Self.run)/\(first)"),
      to: place.file("\(Self.run)/checkpoint-900000.safetensors"))
    let running = try Running(
      Command.url("advas-run"), ["resume", Self.run, "--from", first, "--steps", "800000"],
      in: place.folder)
    #expect(running.waits(for: "round 15/"))
    running.process.interrupt()
    let result = try running.finish()
    #expect(result.status == 130, "\(result.error)")
    #expect(
      result.output.contains("advas-run resume \(Self.run) --steps 800000 --from checkpoint-0"),
      "\(result.output)")
  }

  /// A checkpoint that lies elsewhere is none of the folder's, whose own of that round is gone.
  @Test func aRunFromElsewhereIsSavedWhereItFails() throws {
    let place = try Workplace()
    // Not a number from round 11 on.
    let loss = "players.generator.minimizes=-mean(D(G(z))) + 1e-9*log(9.5 - round)"
    let first = try place.run("spec.yaml", "--steps", "10", "--set", loss)
    #expect(first.status == 0, "\(first.error)")
    let own = "\(Self.run)/checkpoint-000010.safetensors"
    let bytes = try place.bytes(own)
    try FileManager.default.moveItem(
      at: place.file(own), to: place.file("kept.safetensors"))
    let result = try place.run(
      "resume", Self.run, "--from", "./kept.safetensors", "--steps", "20")
    #expect(result.status == 1, "\(result.error)")
    #expect(result.error.contains("the state before this round is in \(own)"), "\(result.error)")
    #expect(try place.bytes(own) == bytes)
  }

  /// As a full disk leaves it.
  @Test func aLineOfTheLogThatWasCutGetsItsEnd() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml", "--steps", "10").status == 0)
    let log = try FileHandle(forWritingTo: place.file("\(Self.run)/log.txt"))
    try log.seekToEnd()
    try log.write(contentsOf: Data("round 1".utf8))
    try log.close()
    #expect(try place.run("resume", Self.run, "--steps", "12").status == 0)
    let lines = try place.lines("\(Self.run)/log.txt")
    #expect(lines.contains("round 1"), "\(lines)")
    #expect(lines.contains { $0.hasPrefix("small ring: going on after 10 of 12 rounds in") })
  }
}
