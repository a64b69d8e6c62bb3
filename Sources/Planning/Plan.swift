import TensorIR

/// Orders the operations of a graph and gives every value a place in memory.
///
/// - Parameters:
///   - graph: what to compute; nodes that no result needs are left out.
///   - placement: where inputs are read and results go; a variable's result is visible after the
///     last step.
///   - state: where variables lie.
///   - workspace: elements of scratch memory that a kernel asks for.
/// - Returns: the steps, whose arena is close to the smallest possible for their order.
public func plan(
  graph: Graph, placement: Placement, state: StateLayout, workspace: (KernelCall) -> Int
) -> Program {
  let computation = Computation(graph, placement, state, workspace: workspace)
  let storage = computation.bestStorage()
  return Program(
    computation, storage, ArenaLayout.smallest(storage.intervals, bound: storage.maxLiveCount))
}

extension Program {
  /// Writes down what was decided: order and buffers by `storage`, offsets by `layout`.
  init(_ computation: Computation, _ storage: Storage, _ layout: ArenaLayout) {
    var places: [(space: Region.Space, offset: Int)] = []
    var arenaBuffers = 0
    for buffer in storage.buffers {
      if let variable = buffer.variable {
        places.append((.state, computation.state.offsets[variable]))
      } else {
        places.append((.arena, layout.offsets[arenaBuffers]))
        arenaBuffers += 1
      }
    }
    func region(_ value: ValueID) -> Region {
      let (buffer, start) = storage.location(of: value)
      return Region(
        places[buffer].space, offset: places[buffer].offset + start,
        count: computation.count(of: value))
    }
    func variable(_ index: Int) -> Region {
      let offset = computation.state.offsets[index]
      return Region(.state, offset: offset, count: computation.state.shapes[index].count)
    }

    name = computation.graph.name
    steps = []
    var scratchIndex = arenaBuffers
    for index in storage.order {
      let task = computation.tasks[index]
      var scratch = Region(.arena, offset: 0, count: 0)
      if task.scratchCount > 0 {
        scratch = Region(.arena, offset: layout.offsets[scratchIndex], count: task.scratchCount)
        scratchIndex += 1
      }
      let value = computation.original(task.value)
      steps.append(
        Step(
          call: task.call, operands: task.operands.map(region), result: region(task.value),
          scratch: scratch, value: value, origin: computation.graph.origins[task.value.index]))
    }
    for copy in storage.closingCopies {
      let target = variable(copy.variable)
      steps.append(
        Step(
          call: .contiguousCopy(target.count), operands: [region(copy.value)], result: target,
          scratch: Region(.arena, offset: 0, count: 0), value: computation.original(copy.value),
          origin: computation.graph.origins[copy.value.index]))
    }
    inputs = computation.placement.inputs.indices.map { index in
      switch computation.placement.inputs[index] {
      case .arena: region(ValueID(index))
      case .state(let v): variable(v)
      }
    }
    results = zip(computation.placement.results, computation.graph.results).map { place, value in
      switch place {
      case .arena: region(value)
      case .state(let v): variable(v)
      }
    }
    arenaCount = layout.count
    maxLiveCount = storage.maxLiveCount
    peak = storage.peak(in: computation)
  }
}
