import TensorIR

extension TaskGraph {
  /// Which ready task a list schedule runs next.
  enum Preference: CaseIterable {
    /// The one that frees most, less what it allocates.
    case mostFreed
    /// The first in the program, but at once whatever frees as much as it allocates: a gradient is
    /// consumed as soon as it is final.
    case programOrderFreeingEarly
    /// The same from the back: what the program mentions last first, so that values are made late.
    case reverseProgramOrderFreeingEarly
  }

  /// An order in which each task comes after its predecessors, chosen greedily.
  func listSchedule(_ preference: Preference) -> [Int] {
    var scheduler = ListScheduler(self, preference)
    return scheduler.run()
  }
}

private struct ListScheduler {
  /// A ready task; the least runs first.
  ///
  /// Outdated once the task's gain has risen.
  private struct Candidate: Comparable {
    var key: (Int, Int)
    var task: Int

    static func < (a: Candidate, b: Candidate) -> Bool { a.key < b.key }
    static func == (a: Candidate, b: Candidate) -> Bool { a.key == b.key }
  }

  private let tasks: TaskGraph
  private let preference: TaskGraph.Preference
  private var waiting: [Int]
  private var isDone: [Bool]
  private var ready = Heap<Candidate>()
  /// Readers of each root that have not run.
  private var pendingReaders: [Int]
  /// Elements that a task frees, less those it allocates, if it ran now.
  private var gain: [Int]

  init(_ tasks: TaskGraph, _ preference: TaskGraph.Preference) {
    self.tasks = tasks
    self.preference = preference
    waiting = tasks.predecessors.map(\.count)
    isDone = [Bool](repeating: false, count: tasks.count)
    pendingReaders = tasks.computation.readers.map(\.count)
    gain = tasks.size.map { -$0 }
    for task in 0..<tasks.count {
      for root in tasks.computation.reads(of: task) where pendingReaders[root.index] == 1 {
        gain[task] += tasks.releasable(root)
      }
      if waiting[task] == 0 { offer(task) }
    }
  }

  mutating func run() -> [Int] {
    var order: [Int] = []
    order.reserveCapacity(tasks.count)
    while let candidate = ready.popLeast() {
      let task = candidate.task
      if isDone[task] { continue }
      isDone[task] = true
      order.append(task)
      for root in tasks.computation.reads(of: task) { noteRead(of: root) }
      for next in tasks.successors[task] {
        waiting[next] -= 1
        if waiting[next] == 0 { offer(next) }
      }
    }
    return order
  }

  /// The last reader that is left will free the root.
  private mutating func noteRead(of root: ValueID) {
    pendingReaders[root.index] -= 1
    guard pendingReaders[root.index] == 1 else { return }
    for reader in tasks.computation.readers[root.index] where !isDone[reader] {
      gain[reader] += tasks.releasable(root)
      if waiting[reader] == 0 { offer(reader) }
    }
  }

  private mutating func offer(_ task: Int) {
    let key: (Int, Int)
    switch preference {
    case .mostFreed: key = (-gain[task], task)
    case .programOrderFreeingEarly: key = (gain[task] >= 0 ? 0 : 1, task)
    case .reverseProgramOrderFreeingEarly: key = (gain[task] >= 0 ? 0 : 1, -task)
    }
    ready.insert(Candidate(key: key, task: task))
  }
}
