import TensorIR

/// Which values share which buffer, for one order of tasks, and when each buffer is alive.
///
/// Time 0 is before the first task, when inputs are written; the task at place i of the order runs
/// at time i + 1; closing copies follow.
struct Storage {
  /// Memory of one or more values, one after the other.
  struct Buffer {
    /// The variable in whose region it lies; nil for the arena.
    var variable: Int?
    /// In elements.
    var count: Int
    var start: Int
    var end: Int
  }

  /// A copy of a value into a variable after the last task.
  struct ClosingCopy {
    var value: ValueID
    var variable: Int
  }

  private(set) var buffers: [Buffer] = []
  /// The buffer of each root, and where in it the root starts; -1 for roots without storage.
  private(set) var bufferOf: [Int]
  private(set) var startOf: [Int]
  private(set) var closingCopies: [ClosingCopy] = []
  let order: [Int]

  private let computation: Computation
  /// When each task runs.
  private(set) var timeOf: [Int]
  /// Reads of values in each buffer that are still to come.
  private var pendingReads: [Int] = []
  private var bufferIsPinned: [Bool] = []
  private var stateBuffers: [Int: Int] = [:]
  /// Roots that are computed straight into a variable.
  private var directUpdates: [ValueID: Int] = [:]

  init(_ computation: Computation, order: [Int]) {
    self.computation = computation
    self.order = order
    let count = computation.graph.nodes.count
    bufferOf = [Int](repeating: -1, count: count)
    startOf = [Int](repeating: 0, count: count)
    timeOf = [Int](repeating: 0, count: computation.tasks.count)
    for (place, task) in order.enumerated() { timeOf[task] = place + 1 }
    chooseUpdates()
    placeInputs()
    for task in order { place(task) }
    finish()
  }

  /// Elements of the arena alive at once, at most; sizes and scratch rounded up to the alignment.
  var maxLiveCount: Int { liveCounts.max() ?? 0 }

  /// The time of the last closing copy, or of what follows it: results are still there.
  var endTime: Int { order.count + closingCopies.count + 1 }

  /// What needs a place in the arena: the buffers that are not a variable's, then the scratch of
  /// each task in order.
  var intervals: [ArenaLayout.Interval] {
    arenaBuffers.map { ArenaLayout.Interval(count: $0.count, start: $0.start, end: $0.end) }
      + order.enumerated().compactMap { place, task in
        let count = computation.tasks[task].scratchCount
        return count == 0 ? nil : .init(count: count, start: place + 1, end: place + 1)
      }
  }

  var arenaBuffers: [Buffer] { buffers.filter { $0.variable == nil } }

  // MARK: Updates of variables

  /// Decides which updates are computed straight into their variable: those whose task comes after
  /// all reads of the old value, or is the last of them and may overwrite what it reads.
  private mutating func chooseUpdates() {
    let results = zip(computation.graph.results, computation.placement.results)
    let wantedInArena = Set(
      results.filter { $1 == .arena }.map { computation.roots[$0.0.index] })
    for (value, place) in results {
      guard case .state(let variable) = place else { continue }
      let root = computation.roots[value.index]
      if computation.variable(ofInput: root) == variable { continue }
      let whole = computation.count(of: root) == computation.count(of: value)
      if whole, !wantedInArena.contains(root), directUpdates[root] == nil,
        computation.producer[root.index] >= 0,
        isLastReader(computation.producer[root.index], of: variable)
      {
        directUpdates[root] = variable
      } else {
        closingCopies.append(ClosingCopy(value: value, variable: variable))
      }
    }
  }

  private func isLastReader(_ task: Int, of variable: Int) -> Bool {
    guard let input = computation.input(ofVariable: variable) else { return true }
    let time = timeOf[task]
    return computation.readers[input.index].allSatisfy { reader in
      reader == task
        ? canOverwrite(
          task,
          everyReadOf: {
            computation.roots[$0.index] == input && computation.offsets[$0.index] == 0
          },
          unrelated: { computation.roots[$0.index] != input })
        : timeOf[reader] < time
    }
  }

  /// Whether each operand of a task is either unrelated to the storage in question, or read there
  /// in step with writing.
  private func canOverwrite(
    _ task: Int, everyReadOf matches: (ValueID) -> Bool, unrelated: (ValueID) -> Bool
  ) -> Bool {
    let task = computation.tasks[task]
    let count = computation.count(of: task.value)
    return task.operands.indices.allSatisfy { index in
      unrelated(task.operands[index])
        || (matches(task.operands[index])
          && task.call.mayOverwrite(operand: index, resultCount: count))
    }
  }

  // MARK: Buffers

  private mutating func addBuffer(_ root: ValueID, variable: Int?, count: Int, start: Int) {
    buffers.append(Buffer(variable: variable, count: count, start: start, end: start))
    pendingReads.append(0)
    bufferIsPinned.append(variable != nil)
    join(root, buffers.count - 1, at: 0)
  }

  /// Puts a root into a buffer.
  private mutating func join(_ root: ValueID, _ buffer: Int, at start: Int) {
    (bufferOf[root.index], startOf[root.index]) = (buffer, start)
    pendingReads[buffer] += computation.readers[root.index].count
    bufferIsPinned[buffer] = bufferIsPinned[buffer] || computation.isPinned[root.index]
  }

  private mutating func placeInputs() {
    for (index, place) in computation.placement.inputs.enumerated() {
      let root = ValueID(index)
      guard computation.roots[index] == root else { continue }
      switch place {
      case .arena: addBuffer(root, variable: nil, count: computation.count(of: root), start: 0)
      case .state(let variable): placeInState(root, variable)
      }
    }
  }

  private mutating func placeInState(_ root: ValueID, _ variable: Int) {
    if let buffer = stateBuffers[variable] {
      join(root, buffer, at: 0)
    } else {
      addBuffer(root, variable: variable, count: computation.count(of: root), start: 0)
      stateBuffers[variable] = buffers.count - 1
    }
  }

  private mutating func place(_ task: Int) {
    let value = computation.tasks[task].value
    let time = timeOf[task]
    for root in computation.reads(of: task) {
      let buffer = bufferOf[root.index]
      pendingReads[buffer] -= 1
      buffers[buffer].end = time
    }
    if let variable = directUpdates[value] {
      placeInState(value, variable)
    } else if let operand = overwritableOperand(of: task) {
      let root = computation.roots[operand.index].index
      join(value, bufferOf[root], at: startOf[root] + computation.offsets[operand.index])
      buffers[bufferOf[root]].end = time
    } else {
      addBuffer(value, variable: nil, count: computation.count(of: value), start: time)
    }
  }

  /// An operand in whose place the result may be written: dead after the task, and read in step
  /// with writing.
  private func overwritableOperand(of index: Int) -> ValueID? {
    let task = computation.tasks[index]
    let count = computation.count(of: task.value)
    guard case .elementwise = task.call else { return nil }
    return task.operands.first { operand in
      let (buffer, start) = location(of: operand)
      // A small result must not keep a large buffer alive.
      guard buffers[buffer].variable == nil, pendingReads[buffer] == 0, !bufferIsPinned[buffer],
        buffers[buffer].count <= 2 * count
      else { return false }
      return canOverwrite(
        index, everyReadOf: { location(of: $0) == (buffer, start) },
        unrelated: { location(of: $0).buffer != buffer })
    }
  }

  /// The buffer of a value and where in it the value starts.
  func location(of value: ValueID) -> (buffer: Int, start: Int) {
    let root = computation.roots[value.index].index
    return (bufferOf[root], startOf[root] + computation.offsets[value.index])
  }

  private mutating func finish() {
    for (index, place) in computation.placement.results.enumerated() where place == .arena {
      buffers[location(of: computation.graph.results[index]).buffer].end =
        endTime
    }
    for (index, copy) in closingCopies.enumerated() {
      let buffer = location(of: copy.value).buffer
      buffers[buffer].end = max(buffers[buffer].end, order.count + 1 + index)
    }
  }
}
