import Planning
import TensorIR
import TestSupport
import Testing

/// The checker must reject plans that were right before one thing was changed.
@Suite struct PlanMutationTests {
  /// What is changed in a plan; returns whether there was something to change.
  struct Mutation: Sendable, CustomStringConvertible {
    let description: String
    let apply: @Sendable (inout Program, inout SplitMix64) -> Bool
  }

  /// Changes that break every plan that they apply to.
  static let fatal: [Mutation] = [
    Mutation(description: "a step is missing") { program, generator in
      guard !program.steps.isEmpty else { return false }
      program.steps.remove(at: Int.random(in: program.steps.indices, using: &generator))
      return true
    },
    Mutation(description: "a result is written 64 bytes further") { program, generator in
      guard let index = program.steps.indices.randomElement(using: &generator) else { return false }
      program.steps[index].result.offset += 16
      return true
    },
    Mutation(description: "a result is misaligned") { program, generator in
      guard let index = program.steps.indices.randomElement(using: &generator) else { return false }
      program.steps[index].result.offset += 4
      return true
    },
    Mutation(description: "an operand is read 64 bytes further") { program, generator in
      let steps = program.steps.indices.filter { !program.steps[$0].operands.isEmpty }
      guard let index = steps.randomElement(using: &generator) else { return false }
      program.steps[index].operands[0].offset += 16
      return true
    },
    Mutation(description: "an operand is cut short") { program, generator in
      let steps = program.steps.indices.filter { !program.steps[$0].operands.isEmpty }
      guard let index = steps.randomElement(using: &generator) else { return false }
      program.steps[index].operands[0].count -= 1
      return true
    },
    Mutation(description: "the arena ends early") { program, _ in
      guard program.arenaCount > 0 else { return false }
      let used =
        (program.inputs + program.results
        + program.steps.flatMap { $0.operands + [$0.result, $0.scratch] })
        .filter { $0.space == .arena }.map { $0.offset + $0.count }.max() ?? 0
      program.arenaCount = used - 1
      return true
    },
    Mutation(description: "a step comes before what it reads") { program, generator in
      let pairs = program.steps.indices.dropLast().filter {
        program.steps[$0 + 1].operands.contains(program.steps[$0].result)
          && program.steps[$0].result != program.steps[$0 + 1].result
      }
      guard let index = pairs.randomElement(using: &generator) else { return false }
      program.steps.swapAt(index, index + 1)
      return true
    },
    Mutation(description: "a result is read elsewhere") { program, generator in
      guard let index = program.results.indices.randomElement(using: &generator) else {
        return false
      }
      program.results[index].offset += 16
      return true
    },
    Mutation(description: "a step runs twice") { program, generator in
      guard let index = program.steps.indices.randomElement(using: &generator) else { return false }
      let copies = program.steps[index].operands.count == 1
      if copies { return false }
      program.steps.insert(program.steps[index], at: index)
      return true
    },
    Mutation(description: "scratch lies on an operand") { program, generator in
      let steps = program.steps.indices.filter { index in
        program.steps[index].scratch.count > 0
          && program.steps[index].operands.contains {
            $0.space == .arena && $0.offset.isMultiple(of: 16)
          }
      }
      guard let index = steps.randomElement(using: &generator) else { return false }
      let operand = program.steps[index].operands.first {
        $0.space == .arena && $0.offset.isMultiple(of: 16)
      }
      program.steps[index].scratch.offset = operand?.offset ?? 0
      return true
    },
  ]

  @Test(arguments: fatal)
  func checkerRejects(mutation: Mutation) throws {
    var applied = 0
    for seed in UInt64(1)...60 {
      let random = try RandomPlan(seed: seed, size: 25)
      var generator = SplitMix64(seed: seed)
      var program = random.program
      guard mutation.apply(&program, &generator) else { continue }
      applied += 1
      #expect(throws: PlanFault.self, "\(mutation), seed \(seed)") {
        try PlanChecker.check(
          program, graph: random.graph, placement: random.placement, state: random.state)
      }
    }
    #expect(applied > 10)
  }

  /// The state has variables of other graphs, too: a step must not write into one, though no step of its own graph would
  /// notice.
  @Test func checkerRejectsWritesIntoVariablesOfOthers() throws {
    let b = GraphBuilder()
    let x = b.input("x", [16])
    let graph = b.graph(name: "chain", results: [("y", x.map(.exp).map(.tanh))])
    let placement = Placement(inputs: [.arena], results: [.arena])
    let state = StateLayout([("other", [16])])
    var program = plan(graph: graph, placement: placement, state: state) { _ in 0 }
    try PlanChecker.check(program, graph: graph, placement: placement, state: state)
    let variable = Region(.state, offset: 0, count: 16)
    program.steps[0].result = variable
    program.steps[1].operands[0] = variable
    let fault = #expect(throws: PlanFault.self) {
      try PlanChecker.check(program, graph: graph, placement: placement, state: state)
    }
    #expect(fault?.step == 0)
    #expect(fault?.message.contains("no variable that a result updates") == true)
  }

  /// Two buffers of the arena exchange their places wherever they are used.
  ///
  /// Where both are alive at once and differ in size the plan breaks; where the checker accepts it,
  /// running it must still give the right results.
  @Test func exchangedBuffersAreRejectedOrHarmless() throws {
    var rejected = 0
    for seed in UInt64(1)...150 {
      let random = try RandomPlan(seed: seed, size: 25)
      var generator = SplitMix64(seed: seed)
      var program = random.program
      let offsets = Set(program.steps.map(\.result).filter { $0.space == .arena }.map(\.offset))
        .sorted()
      guard offsets.count > 1, let a = offsets.randomElement(using: &generator),
        let b = offsets.filter({ $0 != a }).randomElement(using: &generator)
      else { continue }
      func exchange(_ region: inout Region) {
        guard region.space == .arena else { return }
        region.offset = region.offset == a ? b : region.offset == b ? a : region.offset
      }
      for index in program.steps.indices {
        exchange(&program.steps[index].result)
        for operand in program.steps[index].operands.indices {
          exchange(&program.steps[index].operands[operand])
        }
      }
      for index in program.inputs.indices { exchange(&program.inputs[index]) }
      for index in program.results.indices { exchange(&program.results[index]) }
      do {
        try PlanChecker.check(
          program, graph: random.graph, placement: random.placement, state: random.state)
      } catch {
        rejected += 1
        continue
      }
      PlanInterpreter.expectSameResults(program, random, seed: seed)
    }
    #expect(rejected > 20)
  }
}
