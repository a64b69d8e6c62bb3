import TensorIR

@testable import Planning

extension Program {
  /// The plan that cannot be wrong: every value has memory of its own, variables are copied out
  /// first and in last.
  init(
    separateBuffersOf graph: Graph, _ placement: Placement, _ layout: StateLayout,
    workspace: (KernelCall) -> Int
  ) {
    var end = 0
    func allocate(_ count: Int) -> Region {
      defer { end += (count + 15) / 16 * 16 }
      return Region(.arena, offset: end, count: count)
    }
    func place(_ variable: Int) -> Region {
      Region(.state, offset: layout.offsets[variable], count: layout.shapes[variable].count)
    }
    func copy(_ source: Region, to target: Region, _ value: ValueID) -> Step {
      Step(
        call: .contiguousCopy(target.count), operands: [source], result: target,
        scratch: Region(.arena, offset: 0, count: 0), value: value, origin: Origin())
    }
    var regions: [Region] = []
    var inputs: [Region] = []
    var steps: [Step] = []
    for (index, node) in graph.nodes.enumerated() {
      let count = node.type.shape.count
      let call = graph.kernel(node)
      switch call {
      case .input:
        regions.append(allocate(count))
        inputs.append(regions[index])
        if case .state(let variable) = placement.inputs[index] {
          inputs[index] = place(variable)
          steps.append(copy(inputs[index], to: regions[index], ValueID(index)))
        }
      case .alias(let offset):
        let whole = regions[node.operands[0].index]
        regions.append(Region(whole.space, offset: whole.offset + offset, count: count))
      default:
        regions.append(allocate(count))
        steps.append(
          Step(
            call: call, operands: node.operands.map { regions[$0.index] }, result: regions[index],
            scratch: allocate(workspace(call)), value: ValueID(index), origin: graph.origins[index])
        )
      }
    }
    var results = graph.results.map { regions[$0.index] }
    for (index, target) in placement.results.enumerated() {
      guard case .state(let variable) = target else { continue }
      steps.append(copy(results[index], to: place(variable), graph.results[index]))
      results[index] = place(variable)
    }
    self.init(
      name: graph.name, steps: steps, inputs: inputs, results: results, arenaCount: end,
      maxLiveCount: end)
  }
}
