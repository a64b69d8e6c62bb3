import Planning
import TensorIR
import Testing

@Suite struct PlanPropertyTests {
  @Test func randomPlansHoldEveryValueUntilItsLastRead() throws {
    for seed in UInt64(1)...400 {
      let random = try RandomPlan(seed: seed, size: 30)
      #expect(random.program.arenaCount >= random.program.maxLiveCount, "seed \(seed)")
      do {
        try random.check()
      } catch {
        Issue.record("seed \(seed): \(error)\n\(random.graph.text)")
        return
      }
    }
  }

  /// One arena and separate buffers give the same bits.
  @Test func plannedMemoryGivesTheResultsOfTheGraph() throws {
    for seed in UInt64(1)...200 {
      let random = try RandomPlan(seed: seed, size: 30)
      PlanInterpreter.expectSameResults(random.program, random, seed: seed)
    }
  }
}
