import Foundation
import Testing

@Suite struct MemoryBudgetTests {
  @Test func aBudgetOutOfReachNamesTheSmallestPlanAndWhatItHolds() throws {
    let place = try Workplace()
    let result = try place.run("check", "spec.yaml", "--set", "train.memory_budget=1 kB")
    #expect(result.status == 2)
    #expect(result.error.contains("error: no plan of 1 kB was found: the smallest has "))
    #expect(result.error.contains(" of variables and "))
    let note = #/spec\.yaml:\d+:\d+: note: \w+ .*holds .*[\d.]+ kB at its peak/#
    #expect(result.error.contains(note))
  }

  /// Round for round the same numbers, in less memory.
  @Test func aBudgetChangesNoBit() throws {
    let place = try Workplace()
    let whole = try place.run("record", "spec.yaml", "whole.safetensors")
    #expect(whole.status == 0, "\(whole.error)")
    let small = try place.run(
      "record", "spec.yaml", "small.safetensors", "--set",
      "train.memory_budget=\(try budget(place)) kB")
    #expect(small.status == 0, "\(small.error)")
    #expect(try place.bytes("whole.safetensors") == place.bytes("small.safetensors"))
  }

  @Test func theTableShowsWhatIsComputedAgain() throws {
    let place = try Workplace()
    let result = try Command.run(
      "advas-graph", "spec.yaml", "--set",
      "train.memory_budget=\(try budget(place)) kB",
      in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains(#/arena [\d.]+ kB -> [\d.]+ kB, \d+ values .* computed again/#))
  }

  /// Kilobytes between the smallest plan and that without a budget.
  private func budget(_ place: Workplace) throws -> Double {
    let whole = try place.run("check", "spec.yaml").output
    let small = try place.run("check", "spec.yaml", "--set", "train.memory_budget=1 kB").error
    let most = try #require(whole.firstMatch(of: #/plan: .* = ([\d.]+) kB/#)).output.1
    let least = try #require(small.firstMatch(of: #/the smallest has ([\d.]+) kB/#)).output.1
    return (try #require(Double(most)) + (try #require(Double(least)))) / 2
  }
}
