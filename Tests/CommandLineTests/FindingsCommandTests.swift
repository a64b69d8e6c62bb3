import Foundation
import Testing

/// `--json` of commands that check and time: what their text says, unrounded.
@Suite struct FindingsCommandTests {
  private func object(_ line: Substring) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  private func found(_ arguments: String..., in place: Workplace) throws -> [String: Any] {
    let result = try Command.run(
      Command.url("advas-run"), arguments + ["--json"], in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 1)
    return try object(try #require(lines.first))
  }

  @Test func checkTellsWhoPlaysAndWhatItCosts() throws {
    let place = try Workplace(spec: Workplace.ring)
    let found = try found("check", "spec.yaml", in: place)
    let players = try #require(found["players"] as? [[String: Any]])
    #expect(players.map { $0["name"] as? String } == ["discriminator", "generator"])
    let plan = try #require(found["plan"] as? [String: Int])
    let parts = ["parameters", "optimizer_state", "buffers_and_averages", "arena"]
    #expect(plan["bytes"] == parts.reduce(0) { $0 + (plan["\($1)_bytes"] ?? -1) })
    #expect(found["predicted_seconds_per_round"] as? Double ?? 0 > 0)
  }

  @Test(arguments: [("", "1 step a round"), (", every: 4", "1 step every 4 rounds")])
  func checkTellsHowOftenAPenaltySteps(every: String, pace: String) throws {
    let setting = "regularizers.wgan_gp={weight: 1, lazy: own_step\(every)}"
    let place = try Workplace(spec: Workplace.ring)
    let result = try place.run(
      "check", "spec.yaml", "--set", "players.discriminator.steps=1", "--set", setting)
    #expect(result.output.contains("\(pace), by the optimizer of discriminator"), "\(result)")
  }

  @Test func gradcheckAndPasscheckTellTheirBounds() throws {
    let place = try Workplace(spec: Workplace.ring)
    let gradients = try found("gradcheck", "spec.yaml", in: place)
    let comparisons = try #require(gradients["comparisons"] as? [[String: Any]])
    #expect(!comparisons.isEmpty && gradients["passes"] as? Bool == true)
    let bound = try #require(gradients["bound"] as? Double)
    for row in comparisons { #expect(row["relative_error"] as? Double ?? 1 <= bound) }
    let steps = try #require(
      try found("passcheck", "spec.yaml", in: place)["steps"] as? [[String: Any]])
    #expect(!steps.isEmpty)
    for step in steps { #expect(step["largest_difference"] as? Double ?? 1 <= 1e-12) }
  }

  /// One line for each run of a sweep, with its number.
  @Test func aSweepHasALineForEachRun() throws {
    let place = try Workplace(spec: Workplace.ring + "\nsweep: {seed: [1, 2]}\n")
    let result = try place.run("check", "spec.yaml", "--json")
    #expect(result.status == 0, "\(result.error)")
    let runs = try result.output.split(separator: "\n").map(object)
    #expect(runs.map { $0["run"] as? Int } == [0, 1])
    #expect(runs.map { $0["sets"] as? String } == ["seed=1", "seed=2"])
  }
}
