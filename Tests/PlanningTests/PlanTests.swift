import Planning
import TensorIR
import Testing

/// What a plan makes of small graphs, one idea each.
@Suite struct PlanTests {
  private func builder() -> GraphBuilder { GraphBuilder() }

  private func planned(
    _ graph: Graph, inputs: [Placement.Place], results: [Placement.Place],
    state: StateLayout = StateLayout([])
  ) throws -> Program {
    let placement = Placement(inputs: inputs, results: results)
    let program = plan(graph: graph, placement: placement, state: state) { _ in 0 }
    try PlanChecker.check(program, graph: graph, placement: placement, state: state)
    return program
  }

  @Test func chainOfMapsNeedsOneBuffer() throws {
    let b = builder()
    let x = b.input("x", [1000])
    let graph = b.graph(name: "chain", results: [("y", x.map(.exp).map(.tanh).map(.square))])
    let program = try planned(graph, inputs: [.arena], results: [.arena])
    #expect(program.arenaCount == 1008)
    #expect(program.steps.allSatisfy { $0.result == program.inputs[0] })
  }

  @Test func matrixProductIsNeverInPlace() throws {
    let b = builder()
    let x = b.input("x", [16, 16])
    let graph = b.graph(name: "product", results: [("y", x.matmul(x))])
    let program = try planned(graph, inputs: [.arena], results: [.arena])
    #expect(program.arenaCount == 512)
  }

  @Test func reshapesAndContiguousSlicesCostNothing() throws {
    let b = builder()
    let x = b.input("x", [8, 32])
    let half = x.slice([4, 0], [8, 32]).reshape([128])
    let graph = b.graph(name: "views", results: [("y", half.map(.exp)), ("x", x)])
    let program = try planned(graph, inputs: [.arena], results: [.arena, .arena])
    #expect(program.steps.count == 1)
    #expect(
      program.steps[0].operands == [
        Region(.arena, offset: program.inputs[0].offset + 128, count: 128)
      ])
  }

  @Test func updateIsComputedInItsVariable() throws {
    let b = builder()
    let (p, g) = (b.input("p", [64]), b.input("g", [64]))
    let graph = b.graph(name: "sgd", results: [("next p", p - (0.1 * g))])
    let state = StateLayout([("p", [64])])
    let program = try planned(
      graph, inputs: [.state(0), .arena], results: [.state(0)], state: state)
    #expect(program.steps.last?.result == Region(.state, offset: 0, count: 64))
    #expect(program.steps.count == 2)
    #expect(program.arenaCount == 64)
  }

  /// The update comes first in the program, but the old value is still read: the order is changed.
  @Test func updateWaitsForReadersOfTheOldValue() throws {
    let b = builder()
    let (p, x) = (b.input("p", [16, 16]), b.input("x", [16, 16]))
    let next = p.map(.tanh)
    let graph = b.graph(name: "late", results: [("next p", next), ("y", x.matmul(p))])
    let state = StateLayout([("p", [16, 16])])
    let program = try planned(
      graph, inputs: [.state(0), .arena], results: [.state(0), .arena], state: state)
    #expect(program.steps.count == 2)
  }

  @Test func variablesCanBeExchanged() throws {
    let b = builder()
    let (p, q) = (b.input("p", [20]), b.input("q", [20]))
    let graph = b.graph(name: "swap", results: [("next p", q), ("next q", p)])
    let state = StateLayout([("p", [20]), ("q", [20])])
    let program = try planned(
      graph, inputs: [.state(0), .state(1)], results: [.state(0), .state(1)], state: state)
    #expect(program.steps.count <= 3)
  }

  @Test func unchangedVariableNeedsNoStep() throws {
    let b = builder()
    let p = b.input("p", [20])
    let graph = b.graph(name: "same", results: [("next p", p)])
    let program = try planned(
      graph, inputs: [.state(0)], results: [.state(0)], state: StateLayout([("p", [20])]))
    #expect(program.steps.isEmpty)
    #expect(program.arenaCount == 0)
  }

  @Test func oneValueForTwoVariablesAndTheLog() throws {
    let b = builder()
    let x = b.input("x", [20])
    let y = x.map(.exp)
    let graph = b.graph(name: "thrice", results: [("p", y), ("q", y), ("y", y), ("again", y)])
    let state = StateLayout([("p", [20]), ("q", [20])])
    let program = try planned(
      graph, inputs: [.arena], results: [.state(0), .state(1), .arena, .arena], state: state)
    #expect(program.results[2] == program.results[3])
    #expect(program.steps.count == 3)
  }

  /// A wide graph whose program order keeps everything alive: computing each branch to its end
  /// needs less.
  @Test func orderIsChosenForMemory() throws {
    let b = builder()
    let x = b.input("x", [1])
    let wide = (0..<8).map { i in (x + Double(i)).broadcast(to: [1000, 1], axes: [1]).map(.exp) }
    let sums = wide.map { $0.reshape([10, 100]).matmul($0.reshape([100, 10])).sum() }
    let graph = b.graph(name: "wide", results: [("y", sums.dropFirst().reduce(sums[0], +))])
    let program = try planned(graph, inputs: [.arena], results: [.arena])
    #expect(program.arenaCount < 2000)
  }

  @Test func scratchLivesDuringItsStepOnly() throws {
    let b = builder()
    let x = b.input("x", [16, 16])
    let graph = b.graph(name: "scratch", results: [("y", x.matmul(x).matmul(x))])
    let placement = Placement(inputs: [.arena], results: [.arena])
    let program = plan(graph: graph, placement: placement, state: StateLayout([])) { call in
      if case .matmul = call { 1000 } else { 0 }
    }
    try PlanChecker.check(program, graph: graph, placement: placement, state: StateLayout([]))
    #expect(program.arenaCount == 3 * 256 + 1008)
    #expect(program.steps[0].scratch == program.steps[1].scratch)
  }

  @Test func listingShowsStepsAndPlaces() {
    let b = builder()
    let x = b.input("x", [64, 64])
    let graph = b.graph(name: "shown", results: [("y", x.matmul(x).map(.tanh))])
    let program = plan(
      graph: graph, placement: Placement(inputs: [.arena], results: [.arena]),
      state: StateLayout([])
    ) { _ in 0 }
    let lines = program.listing(of: graph).split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[0] == "program @shown: arena 8192 elements, at most 8192 alive")
    #expect(lines[1] == "  input x: arena[0+4096]")
    #expect(
      lines[2].hasPrefix(
        "  arena[4096+4096] = matmul {64x64x64} arena[0+4096], arena[0+4096]  // d0"))
    #expect(lines[3].hasPrefix("  arena[4096+4096] = elementwise {"))
    #expect(lines[4] == "  result y: arena[4096+4096]")
  }
}
