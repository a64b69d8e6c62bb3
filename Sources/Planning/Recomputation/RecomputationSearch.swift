import TensorIR

/// The greedy search for what to compute again.
struct RecomputationSearch {
  private let placement: Placement
  private let state: StateLayout
  private let workspace: (KernelCall) -> Int
  private var current: Candidate
  /// The smallest arena so far, with what is in it.
  private(set) var best: (ordered: OrderedGraph, program: Program)?

  /// A graph in its order of execution with what it takes in memory.
  private struct Candidate {
    var ordered: OrderedGraph
    var computation: Computation
    var storage: Storage
    var live: [Int]
    /// Elements computed again so far.
    var cost = 0

    /// Elements above the limit, added up over all times.
    func excess(above limit: Int) -> Int { live.reduce(0) { $0 + max(0, $1 - limit) } }

    var layout: ArenaLayout {
      ArenaLayout.smallest(storage.intervals, bound: storage.maxLiveCount)
    }
  }

  init(
    _ ordered: OrderedGraph, _ placement: Placement, _ state: StateLayout,
    _ workspace: @escaping (KernelCall) -> Int
  ) {
    (self.placement, self.state, self.workspace) = (placement, state, workspace)
    current = Self.candidate(ordered, placement, state, workspace)
  }

  private static func candidate(
    _ ordered: OrderedGraph, _ placement: Placement, _ state: StateLayout,
    _ workspace: (KernelCall) -> Int
  ) -> Candidate {
    let computation = Computation(ordered.graph, placement, state, workspace: workspace)
    let storage = Storage(computation, order: Array(computation.tasks.indices))
    return Candidate(
      ordered: ordered, computation: computation, storage: storage, live: storage.liveCounts)
  }

  /// Drops values until the arena has `budget` elements, or none is left that helps.
  mutating func fit(_ budget: Int) {
    // Placement may leave gaps; the limit on what is alive sinks until they fit too.
    var limit = budget
    for _ in 0..<4 {
      let isReached = drop(to: limit, work: .max)
      let count = keep()
      if count <= budget || !isReached { return }
      limit -= count - budget
    }
  }

  /// Drops values as long as that takes `work` at most, a sixteenth of the arena at a time; what does
  /// not save half of that is not worth another graph.
  mutating func spare(from count: Int, least: Int, work: Int) {
    var limit = count
    var reached: Candidate?
    while limit > least {
      limit = max(least, limit - count / 16)
      guard drop(to: limit, work: work) else { break }
      reached = current
    }
    guard let reached else { return }
    current = reached
    if keep() > count - count / 32 { best = nil }
  }

  /// Notes the current plan where it is the smallest; elements of its arena.
  private mutating func keep() -> Int {
    let layout = current.layout
    if layout.count < best?.program.arenaCount ?? .max {
      best = (current.ordered, Program(current.computation, current.storage, layout))
    }
    return layout.count
  }

  /// `true` iff no more than `limit` elements are alive at once, after drops of at most `work` in all.
  private mutating func drop(to limit: Int, work: Int) -> Bool {
    while true {
      let excess = current.excess(above: limit)
      if excess == 0 { return true }
      let idle = IdleValues(current.computation, current.storage, current.live, limit: limit)
      let affordable = idle.drops.filter { $0.cost <= work - current.cost }
      guard dropSome(of: affordable, excess, limit, work) else { return false }
    }
  }

  /// Applies the best of the drops: several at once where together they help as much as foreseen,
  /// else the first that helps at all.
  private mutating func dropSome(
    of drops: [IdleValues.Drop], _ excess: Int, _ limit: Int, _ work: Int
  ) -> Bool {
    var group: [IdleValues.Drop] = []
    var (gain, cost) = (0, current.cost)
    for drop in drops
    where group.count < 12 && gain < excess && cost + drop.cost <= work
      && !group.contains(where: { $0.isRelated(to: drop) })
    {
      group.append(drop)
      gain += drop.gain
      cost += drop.cost
    }
    if group.count > 1 {
      let next = applied(group)
      if 2 * (excess - next.excess(above: limit)) > gain {
        current = next
        return true
      }
    }
    for drop in drops.prefix(16) {
      let next = applied([drop])
      if next.excess(above: limit) < excess {
        current = next
        return true
      }
    }
    return false
  }

  private func applied(_ drops: [IdleValues.Drop]) -> Candidate {
    var ordered = current.ordered
    ordered.apply(drops)
    var next = Self.candidate(ordered, placement, state, workspace)
    next.cost = drops.reduce(current.cost) { $0 + $1.cost }
    return next
  }
}
