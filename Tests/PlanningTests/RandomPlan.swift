import Passes
import Planning
import TensorIR
import TestSupport

/// A random graph with random places for its inputs and results, planned.
struct RandomPlan {
  let graph: Graph
  let placement: Placement
  let state: StateLayout
  let program: Program

  init(seed: UInt64, size: Int) throws {
    var generator = SplitMix64(seed: seed &+ 99)
    var graph = RandomGraph.make(
      seed: seed, size: size, differentiated: seed.isMultiple(of: 3), element: .float32)
    if seed.isMultiple(of: 2) { graph = try Pipeline.standard.run(graph) }
    var variables: [(name: String, shape: Shape)] = []
    var inputs: [Placement.Place] = []
    for (index, type) in graph.inputTypes.enumerated() {
      if Bool.random(using: &generator) {
        inputs.append(.state(variables.count))
        variables.append((graph.inputNames[index], type.shape))
      } else {
        inputs.append(.arena)
      }
    }
    var results: [Placement.Place] = graph.results.map { _ in .arena }
    for variable in variables.indices {
      // Variables are updated by any value of their shape, their own or another's old value among them.
      let values = graph.nodes.indices.filter {
        graph.nodes[$0].type.shape == variables[variable].shape
      }
      guard Int.random(in: 0..<4, using: &generator) > 0,
        let value = values.randomElement(using: &generator)
      else { continue }
      graph.results.append(ValueID(value))
      graph.resultNames.append("next \(variable)")
      results.append(.state(variable))
    }
    self.graph = graph
    placement = Placement(inputs: inputs, results: results)
    state = StateLayout(variables)
    program = plan(graph: graph, placement: placement, state: state) { call in
      if case .convolution = call { 100 } else { 0 }
    }
  }

  func check() throws {
    try PlanChecker.check(program, graph: graph, placement: placement, state: state)
  }
}
