import Execution
import Lowering
import Modules
import Passes
import Planning
import TensorIR
import TestSupport
import Testing

/// Plans that compute cheap values again to fit a budget.
@Suite struct RecomputationTests {
  /// `exp(x)` is as large as all else and waits through the products for its second reader.
  @Test func anIdleValueIsComputedAgain() throws {
    let b = GraphBuilder()
    let x = b.input("x", [64, 64])
    let kept = x.map(.exp)
    let product = kept.matmul(x).matmul(x).matmul(x)
    let graph = b.graph(name: "idle", results: [("y", product + kept)])
    let placement = Placement(inputs: [.state(0)], results: [.arena])
    let state = StateLayout([("x", [64, 64])])
    let whole = plan(graph: graph, placement: placement, state: state) { _ in 0 }
    #expect(whole.arenaCount == 3 * 4096)
    let fitted = recomputingPlan(
      graph: graph, placement: placement, state: state, budget: 2 * 4096
    ) { _ in 0 }
    try PlanChecker.check(fitted.program, graph: fitted.graph, placement: placement, state: state)
    #expect(fitted.program.arenaCount == 2 * 4096)
    #expect(fitted.arenaBefore == 3 * 4096)
    #expect(fitted.copies.map { fitted.graph[$0].op } == [kept.builder.node(kept.id).op])
  }

  /// Products are never computed twice, however small the budget.
  @Test func productsAreKept() throws {
    let b = GraphBuilder()
    let x = b.input("x", [64, 64])
    let kept = x.matmul(x)
    let product = kept.matmul(x).matmul(x).matmul(x)
    let graph = b.graph(name: "kept", results: [("y", product + kept)])
    let placement = Placement(inputs: [.state(0)], results: [.arena])
    let state = StateLayout([("x", [64, 64])])
    let fitted = recomputingPlan(
      graph: graph, placement: placement, state: state, budget: 0
    ) { _ in 0 }
    #expect(fitted.copies.isEmpty)
    #expect(fitted.program.arenaCount == fitted.arenaBefore)
  }

  /// What fits is planned as without a budget.
  @Test func nothingChangesWhereThePlanFits() throws {
    for seed in UInt64(1)...50 {
      let random = try RandomPlan(seed: seed, size: 30)
      let fitted = budgeted(random, random.program.arenaCount)
      #expect(fitted.copies.isEmpty, "seed \(seed)")
      #expect(fitted.graph.isEquivalent(to: random.graph), "seed \(seed)")
      #expect(
        fitted.program.steps.map(\.result) == random.program.steps.map(\.result), "seed \(seed)")
    }
  }

  @Test func smallerPlansComputeTheSameBits() throws {
    var smaller = 0
    for seed in UInt64(1)...300 {
      let random = try RandomPlan(seed: seed, size: 40)
      let fitted = budgeted(random, random.program.arenaCount / 2)
      do {
        try PlanChecker.check(
          fitted.program, graph: fitted.graph, placement: random.placement, state: random.state)
      } catch {
        Issue.record("seed \(seed): \(error)\n\(fitted.graph.text)")
        return
      }
      PlanInterpreter.expectSameResults(fitted.program, random, seed: seed)
      #expect(fitted.program.arenaCount <= random.program.arenaCount, "seed \(seed)")
      if fitted.program.arenaCount < random.program.arenaCount { smaller += 1 }
    }
    #expect(smaller > 10, "\(smaller) of 300")
  }

  private func budgeted(_ random: RandomPlan, _ budget: Int) -> RecomputingPlan {
    recomputingPlan(
      graph: random.graph, placement: random.placement, state: random.state, budget: budget
    ) { call in
      if case .convolution = call { 100 } else { 0 }
    }
  }
}
