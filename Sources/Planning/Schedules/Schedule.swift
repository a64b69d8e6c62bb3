import TensorIR

extension Computation {
  /// The order of tasks, among several, that needs least memory at once, and what it makes of
  /// storage.
  ///
  /// XLA compares list, depth-first and post-order schedules likewise. Ties go to the earlier
  /// candidate, the program's own order first.
  func bestStorage() -> Storage {
    let graph = TaskGraph(self)
    var best = Storage(self, order: Array(tasks.indices))
    var least = best.maxLiveCount
    var candidates: [[Int]] = TaskGraph.Preference.allCases.map(graph.listSchedule)
    candidates += TaskGraph.OperandOrder.allCases.map(graph.depthFirstSchedule)
    for order in candidates {
      let storage = Storage(self, order: order)
      if storage.maxLiveCount < least { (best, least) = (storage, storage.maxLiveCount) }
    }
    return best
  }
}
