import TensorIR

@testable import Execution
@testable import Planning

/// Every value in a region of its own, in the order of the graph: the plan that cannot be wrong.
func trivialPlan(
  _ graph: Graph, _ placement: Placement, _ layout: StateLayout, _ options: EngineOptions
) -> Program {
  var end = 0
  func allocate(_ count: Int) -> Region {
    defer { end += (count + 15) / 16 * 16 }
    return Region(.arena, offset: end, count: count)
  }
  func place(_ variable: Int) -> Region {
    Region(.state, offset: layout.offsets[variable], count: layout.shapes[variable].count)
  }
  var regions: [Region] = []
  var steps: [Program.Step] = []
  for (index, node) in graph.nodes.enumerated() {
    let call = node.op.definition.kernel(node.operands.map { graph[$0].type }, node.type)
    if case .input = call {
      if case .state(let variable) = placement.inputs[index] {
        regions.append(place(variable))
      } else {
        regions.append(allocate(node.type.shape.count))
      }
      continue
    }
    let need = workspace(for: call, options)
    regions.append(allocate(node.type.shape.count))
    steps.append(
      Program.Step(
        call: call, operands: node.operands.map { regions[$0.index] }, result: regions[index],
        scratch: allocate(need), value: ValueID(index), origin: graph.origins[index]))
  }
  var results = graph.results.map { regions[$0.index] }
  for (i, target) in placement.results.enumerated() {
    guard case .state(let variable) = target else { continue }
    steps.append(
      Program.Step(
        call: .alias(offset: 0), operands: [results[i]], result: place(variable),
        scratch: Region(.arena, offset: 0, count: 0), value: graph.results[i], origin: Origin()))
    results[i] = place(variable)
  }
  return Program(
    name: graph.name, steps: steps, inputs: Array(regions.prefix(graph.inputNames.count)),
    results: results, arenaCount: end, maxLiveCount: end)
}

/// Runs a graph whose inputs and results all lie in the arena on a new fast engine.
func runFast(_ graph: Graph, _ inputs: [[Double]], _ options: EngineOptions) throws -> [[Double]] {
  let placement = Placement(
    inputs: inputs.map { _ in .arena }, results: graph.results.map { _ in .arena })
  let layout = StateLayout([])
  let executable = Executable(
    graph: graph, placement: placement, program: trivialPlan(graph, placement, layout, options))
  let engine = try FastEngine(layout: layout, executables: [executable], options: options)
  for (index, values) in inputs.enumerated() {
    engine.withInput(of: 0, index) { buffer in
      var i = 0
      while i < values.count {
        buffer[i] = Float(values[i])
        i += 1
      }
    }
  }
  engine.run(0)
  return graph.results.indices.map { engine.result(of: 0, $0) }
}
