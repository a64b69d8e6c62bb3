import TensorIR

/// What must come before what, and how much memory each task takes and gives back.
struct TaskGraph {
  let computation: Computation
  /// For each task, the tasks that must come before and after it; ascending, without repeats.
  let predecessors: [[Int]]
  let successors: [[Int]]
  /// Elements that each task's result takes in the arena, rounded up to the alignment.
  let size: [Int]

  var count: Int { size.count }

  init(_ computation: Computation) {
    self.computation = computation
    let tasks = computation.tasks
    let updates = computation.updates
    var predecessors = tasks.indices.map { task in
      Set(computation.reads(of: task).map { computation.producer[$0.index] }.filter { $0 >= 0 })
        .sorted()
    }
    // An update that nothing reads waits for the readers of the old value: then it can be made in place. Nothing waits
    // for such an update, so no cycle arises.
    let isFinal = tasks.map {
      updates[$0.value] != nil && computation.readers[$0.value.index].isEmpty
    }
    for task in tasks.indices where isFinal[task] {
      guard let variable = updates[tasks[task].value],
        let input = computation.input(ofVariable: variable)
      else { continue }
      let readers = computation.readers[input.index].filter { !isFinal[$0] }
      predecessors[task] = Set(predecessors[task]).union(readers).sorted()
    }
    var successors = [[Int]](repeating: [], count: tasks.count)
    for task in tasks.indices { for other in predecessors[task] { successors[other].append(task) } }
    size = tasks.map {
      updates[$0.value] == nil ? Self.rounded(computation.count(of: $0.value)) : 0
    }
    (self.predecessors, self.successors) = (predecessors, successors)
  }

  /// Elements that a root gives back when its last reader has run; 0 for what outlives the tasks.
  func releasable(_ root: ValueID) -> Int {
    if computation.isPinned[root.index] || computation.variable(ofInput: root) != nil { return 0 }
    let producer = computation.producer[root.index]
    return producer >= 0 ? size[producer] : Self.rounded(computation.count(of: root))
  }

  private static func rounded(_ count: Int) -> Int {
    ArenaLayout.Interval(count: count, start: 0, end: 0).count
  }
}

extension Computation {
  /// For each root that is the next value of a variable, that variable.
  fileprivate var updates: [ValueID: Int] {
    var variables: [ValueID: Int] = [:]
    for (result, place) in zip(graph.results, placement.results) {
      if case .state(let variable) = place { variables[roots[result.index]] = variable }
    }
    return variables
  }
}
