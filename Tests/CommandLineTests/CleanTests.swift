import Foundation
import Testing

/// `clean`: what goes, and what never does.
@Suite struct CleanTests {
  private static let run = "runs/00000-small-ring"
  private let place: Workplace

  init() throws {
    place = try Workplace()
    let result = try place.run("spec.yaml", "--set", "checkpoint={every: 5, keep: 9}")
    #expect(result.status == 0, "\(result.error)")
  }

  private func entries() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: place.file(Self.run).path))
  }

  private static func checkpoint(_ round: Int) -> String {
    "checkpoint-" + String(format: "%06d", round) + ".safetensors"
  }

  @Test func earlierCheckpointsGoAndNothingElse() throws {
    try Data([1]).write(to: place.file("\(Self.run)/.fakes000010.png.4711-0.tmp"))
    let before = try entries()
    let asked = try place.run("clean", "runs")
    #expect(asked.status == 0)
    #expect(asked.output.contains("\(Self.run)      4"), "\(asked.output)")
    #expect(asked.output.contains("checkpoint-000005.safetensors, checkpoint-000010"))
    #expect(asked.error == "nothing is removed without --yes\n")
    #expect(try entries() == before)
    // What is named twice is counted once.
    #expect(try place.run("clean", "runs", "\(Self.run)/").output == asked.output)
    let done = try place.run("clean", Self.run, "--yes")
    #expect(done.status == 0 && done.output.hasSuffix("removed\n"), "\(done.error)")
    let gone = [5, 10, 15].map(Self.checkpoint) + [".fakes000010.png.4711-0.tmp"]
    #expect(try entries() == before.subtracting(gone))
    #expect(try place.run("clean", "runs", "--yes").output.contains("0 B in all"))
    #expect(try place.run("resume", Self.run, "--steps", "25").status == 0)
  }

  /// Where the newest is damaged, the one before is all there is to go on from.
  @Test func theNewestWholeOneStays() throws {
    var bytes = try place.bytes("\(Self.run)/\(Self.checkpoint(20))")
    bytes[bytes.count - 3] ^= 1
    try bytes.write(to: place.file("\(Self.run)/\(Self.checkpoint(20))"))
    #expect(try place.run("clean", Self.run, "--yes").status == 0)
    let left = try entries().filter { $0.hasPrefix("checkpoint") }
    #expect(left == [Self.checkpoint(15), Self.checkpoint(20)])
    for round in [15, 20] {
      try Data().write(to: place.file("\(Self.run)/\(Self.checkpoint(round))"))
    }
    #expect(try place.run("clean", Self.run, "--yes").status == 0)
    #expect(try entries().filter { $0.hasPrefix("checkpoint") }.count == 2)
  }

  @Test func aRunThatTrainsIsLeftAlone() throws {
    let log = open(place.file("\(Self.run)/log.txt").path, O_RDONLY)
    defer { close(log) }
    #expect(flock(log, LOCK_EX) == 0)
    let result = try place.run("clean", "runs", "--yes")
    #expect(result.output.contains("a process trains it"), "\(result.output)")
    #expect(try entries().filter { $0.hasPrefix("checkpoint") }.count == 4)
    #expect(try place.run("clean", "nowhere").status == 2)
    #expect(try place.run("clean", "runs", "--keep", "0").status == 64)
  }
}
