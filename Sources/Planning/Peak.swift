import TensorIR

extension Program {
  /// A value, or a kernel's scratch, that is in the arena when most of it is alive.
  public struct Held: Hashable, Sendable {
    /// The node whose value it is; the node that runs, for scratch.
    public var value: ValueID
    /// Elements, rounded up to the alignment.
    public var count: Int
    /// Whether it is the working memory of a kernel.
    public var isScratch: Bool
  }
}

extension Storage {
  /// Elements of the arena alive at each time; sizes and scratch rounded up to the alignment.
  var liveCounts: [Int] {
    var live = [Int](repeating: 0, count: endTime + 2)
    for interval in intervals {
      live[interval.start] += interval.count
      live[interval.end + 1] -= interval.count
    }
    for time in live.indices.dropFirst() { live[time] += live[time - 1] }
    live.removeLast()
    return live
  }

  /// What is alive at the first time at which most is, largest first.
  func peak(in computation: Computation) -> [Program.Held] {
    let live = liveCounts
    guard let most = live.max(), let time = live.firstIndex(of: most) else { return [] }
    // The last value of each buffer that is there by then.
    var holders: [Int: (time: Int, value: ValueID)] = [:]
    for root in computation.graph.nodes.indices where bufferOf[root] >= 0 {
      let buffer = bufferOf[root]
      let producer = computation.producer[root]
      let made = producer >= 0 ? timeOf[producer] : 0
      guard buffers[buffer].variable == nil, made <= time,
        buffers[buffer].start <= time, time <= buffers[buffer].end
      else { continue }
      if holders[buffer].map({ $0.time <= made }) ?? true {
        holders[buffer] = (made, ValueID(root))
      }
    }
    var held = holders.map { buffer, holder in
      Program.Held(
        value: computation.original(holder.value),
        count: ArenaLayout.Interval(count: buffers[buffer].count, start: 0, end: 0).count,
        isScratch: false)
    }
    if time > 0, time <= order.count {
      let task = computation.tasks[order[time - 1]]
      if task.scratchCount > 0 {
        held.append(
          .init(
            value: computation.original(task.value),
            count: ArenaLayout.Interval(count: task.scratchCount, start: 0, end: 0).count,
            isScratch: true))
      }
    }
    return held.sorted { ($1.count, $0.value) < ($0.count, $1.value) }
  }
}
