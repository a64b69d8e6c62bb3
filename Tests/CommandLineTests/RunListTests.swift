import Foundation
import Testing

/// `list FOLDER`: what is told of runs, whatever became of them.
@Suite struct RunListTests {
  private let place: Workplace

  init() throws {
    place = try Workplace(spec: Workplace.ring + RunFigures.metrics)
    let result = try place.run("spec.yaml", "--steps", "10")
    #expect(result.status == 0, "\(result.error)")
  }

  private static let run = "runs/00000-small-ring"

  private func list() throws -> [String: Any] {
    let result = try place.run("list", "runs", "--json")
    #expect(result.status == 0, "\(result.error)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    return try #require((object["runs"] as? [[String: Any]])?.first)
  }

  private func writeLog(_ change: ([String]) -> [String]) throws {
    let lines = try place.lines("\(Self.run)/log.txt")
    let text = change(lines).map { $0 + "\n" }.joined()
    try text.write(to: place.file("\(Self.run)/log.txt"), atomically: false, encoding: .utf8)
  }

  @Test func figuresAreTheLastAndTheBest() throws {
    let run = try list()
    #expect(run["state"] as? String == "finished")
    #expect(run["round"] as? Int == 10)
    #expect(run["seed"] as? String == "0")
    let figures = try #require(run["figures"] as? [[String: Any]])
    let distance = try #require(
      figures.first { $0["metric"] as? String == "sliced_wasserstein" })
    let last = try RunFigures.last("sliced_wasserstein", "value", of: Self.run, in: place)
    #expect((distance["last"] as? [String: Any])?["value"] as? Double == last)
    #expect(((distance["best"] as? [String: Any])?["value"] as? Double ?? .infinity) <= last)
    let gap = try #require(figures.first { $0["metric"] as? String == "gap" })
    #expect(gap["best"] == nil)
    let text = try place.run("list", "runs").output
    #expect(text.hasPrefix("run"), "\(text)")
    #expect(text.contains("00000-small-ring  finished"), "\(text)")
    #expect(text.contains("\n  sliced_wasserstein: order 2.0, 16 directions"), "\(text)")
  }

  @Test func theStateIsTheLogsLastWord() throws {
    try writeLog { $0.filter { !$0.contains(" rounds in ") } }
    #expect(try list()["state"] as? String == "stopped")
    let log = open(place.file("\(Self.run)/log.txt").path, O_RDONLY)
    #expect(flock(log, LOCK_EX) == 0)
    #expect(try list()["state"] as? String == "running")
    close(log)
    try writeLog { $0 + ["interrupted after round 7; go on with: advas-run resume x"] }
    #expect(try list()["state"] as? String == "interrupted")
    try writeLog { $0 + ["spec.yaml:4:2: error: the loss is not finite"] }
    #expect(try list()["state"] as? String == "failed")
    try FileManager.default.removeItem(at: place.file("\(Self.run)/log.txt"))
    #expect(try list()["state"] as? String == "empty")
  }

  /// A run of one round says "round" in its log.
  @Test func oneRoundIsAWholeRun() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml", "--steps", "1").output.contains("1 round into "))
    let list = try place.run("list", "runs")
    #expect(list.output.contains("00000-small-ring  finished"), "\(list.output)")
    #expect(try place.run("resume", Self.run, "--steps", "1").output.contains("the only round is"))
    #expect(try place.run("list", "runs").output.contains("finished"))
  }

  @Test func whatIsDamagedIsSkippedAndNamed() throws {
    let folder = place.file("runs/00001-torn")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try "a: [".write(to: folder.appending(path: "spec.yaml"), atomically: true, encoding: .utf8)
    let metrics = place.file("\(Self.run)/metrics.jsonl")
    let text = try String(contentsOf: metrics, encoding: .utf8)
    try (text + "{\"round\":11,\"sec").write(to: metrics, atomically: true, encoding: .utf8)
    let result = try place.run("list", "runs")
    #expect(result.status == 0)
    #expect(result.error.contains("warning: 'runs/00001-torn/spec.yaml' is damaged"))
    #expect(result.output.contains("finished"))
    #expect(try list()["round"] as? Int == 10)
  }

  @Test func foldersWithoutRunsAreSaid() throws {
    let missing = try place.run("list", "metric")
    #expect(missing.status == 2)
    #expect(missing.error.contains("did you mean 'metrics'?"), "\(missing.error)")
    try FileManager.default.createDirectory(
      at: place.file("nothing"), withIntermediateDirectories: true)
    #expect(try place.run("list", "nothing").output == "no runs in 'nothing'\n")
    #expect(try place.run("list", Self.run).output.contains("00000-small-ring  finished"))
    #expect(try place.run("list", "layers", "--json").status == 64)
  }
}
