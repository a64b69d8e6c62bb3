import Execution
import Lowering
import Modules
import Passes
import Planning
import TensorIR
import TestSupport
import Testing

/// The strongest test of a plan: the fast engine computes the same bits in one arena and in
/// separate buffers, several steps in a row, with memory poisoned before each.
@Suite struct FastEnginePlanTests {
  private let options = EngineOptions(threads: 2, poisonsArena: true)

  private func need(_ call: KernelCall) -> Int { workspace(for: call, EngineOptions(threads: 2)) }

  @Test func randomGraphs() throws {
    for seed in UInt64(1)...150 {
      let random = try RandomPlan(seed: seed, size: 30)
      try expectSameBits(random.graph, random.placement, random.state, "seed \(seed)")
    }
  }

  @Test func shippedSteps() throws {
    let module = try ShippedSpecs.module("ring/wgan-gp-advas.yaml")
    for function in module.functions {
      let graph = try Pipeline.standard.run(function.graph)
      try expectSameBits(graph, module.placement(of: function), module.stateLayout, graph.name)
    }
  }

  /// What is computed again to fit a budget is the same to the bit.
  @Test(arguments: ["examples/two-critics.yaml", "fashion-mnist/wgan-gp-advas.yaml"])
  func recomputation(name: String) throws {
    let module = try ShippedSpecs.module(name)
    var copies = 0
    for function in module.functions {
      let graph = try Pipeline.standard.run(function.graph)
      let placement = module.placement(of: function)
      let whole = plan(
        graph: graph, placement: placement, state: module.stateLayout, workspace: need)
      let plan = recomputingPlan(
        graph: graph, placement: placement, state: module.stateLayout,
        budget: whole.arenaCount * 19 / 20, workspace: need)
      copies += plan.copies.count
      #expect(plan.program.multiplyAdds == whole.multiplyAdds, "\(graph.name)")
      guard !plan.copies.isEmpty else { continue }
      try PlanChecker.check(
        plan.program, graph: plan.graph, placement: placement, state: module.stateLayout)
      try expectSameBits(
        [(graph, whole), (plan.graph, plan.program)], placement, module.stateLayout, graph.name,
        steps: 1)
    }
    #expect(copies > 0)
  }

  private func expectSameBits(
    _ graph: Graph, _ placement: Placement, _ state: StateLayout, _ label: String
  ) throws {
    let program = plan(graph: graph, placement: placement, state: state, workspace: need)
    let separate = Program(separateBuffersOf: graph, placement, state, workspace: need)
    try expectSameBits([(graph, program), (graph, separate)], placement, state, label, steps: 3)
  }

  private func expectSameBits(
    _ programs: [(graph: Graph, program: Program)], _ placement: Placement, _ state: StateLayout,
    _ label: String, steps: Int
  ) throws {
    let graph = programs[0].graph
    let engines = try programs.map { graph, program in
      let executable = Executable(graph: graph, placement: placement, program: program)
      return try FastEngine(layout: state, executables: [executable], options: options)
    }
    var generator = SplitMix64(seed: 5)
    for variable in state.names.indices {
      let values = generator.values(state.shapes[variable].count, in: 0...1)
      for engine in engines { engine.setState(variable, values) }
    }
    for step in 0..<steps {
      for (input, place) in placement.inputs.enumerated() where place == .arena {
        let values = generator.values(graph.inputTypes[input].shape.count, in: -1...1)
        for engine in engines { write(values, to: input, of: engine) }
      }
      for engine in engines { engine.run(0) }
      for result in graph.results.indices {
        let (a, b) = (engines[0].result(of: 0, result), engines[1].result(of: 0, result))
        #expect(
          a.map(\.bitPattern) == b.map(\.bitPattern),
          "\(label), step \(step), result \(graph.resultNames[result])")
      }
      for variable in state.names.indices {
        let (a, b) = (engines[0].state(variable), engines[1].state(variable))
        #expect(
          a.map(\.bitPattern) == b.map(\.bitPattern),
          "\(label), step \(step), \(state.names[variable])")
      }
    }
  }

  private func write(_ values: [Double], to input: Int, of engine: FastEngine) {
    engine.withInput(of: 0, input) { buffer in
      for (index, value) in values.enumerated() { buffer[index] = Float(value) }
    }
  }
}
