import Lowering
import Modules
import Passes
import Planning
import TensorIR
import Testing

extension Program {
  /// Of all matrix products and convolutions.
  var multiplyAdds: Double { steps.reduce(0) { $0 + $1.call.multiplyAdds } }
}

@Suite struct ShippedPlanTests {
  /// Every step of every shipped spec: a right plan, at most 5 % above what no plan can beat.
  @Test(arguments: ShippedSpecs.names)
  func plans(name: String) throws {
    let module = try ShippedSpecs.module(name)
    for function in module.functions {
      let graph = try Pipeline.standard.run(function.graph)
      let placement = module.placement(of: function)
      let program = plan(graph: graph, placement: placement, state: module.stateLayout) { call in
        if case .convolution(let kernel) = call { kernel.geometry.filterShape.count } else { 0 }
      }
      try PlanChecker.check(program, graph: graph, placement: placement, state: module.stateLayout)
      #expect(Double(program.arenaCount) <= 1.05 * Double(program.maxLiveCount), "\(graph.name)")
      #expect(program.multiplyAdds == graph.multiplyAdds)
    }
  }

  /// Thousands of small tensors: planning must stay near linear.
  @Test func longGraph() throws {
    let builder = GraphBuilder()
    var x = builder.input("x", [16])
    for step in 0..<6000 { x = (x + Double(step)).map(step.isMultiple(of: 3) ? .tanh : .square) }
    let graph = builder.graph(name: "long", results: [("y", x)])
    let placement = Placement(inputs: [.arena], results: [.arena])
    let program = plan(graph: graph, placement: placement, state: StateLayout([])) { _ in 0 }
    try PlanChecker.check(program, graph: graph, placement: placement, state: StateLayout([]))
    #expect(program.arenaCount == 16)
  }
}
