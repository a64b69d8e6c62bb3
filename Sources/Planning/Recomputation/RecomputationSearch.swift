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

    /// Elements above the limit, added up over all times.
    func excess(above limit: Int) -> Int { live.reduce(0) { $0 + max(0, $1 - limit) } }
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
      let isReached = drop(to: limit)
      let count = keep()
      if count <= budget || !isReached { return }
      limit -= count - budget
    }
  }

  /// Notes the current plan where it is the smallest; elements of its arena.
  private mutating func keep() -> Int {
    let layout = ArenaLayout.smallest(
      current.storage.intervals, bound: current.storage.maxLiveCount)
    if layout.count < best?.program.arenaCount ?? .max {
      best = (current.ordered, Program(current.computation, current.storage, layout))
    }
    return layout.count
  }

  /// `true` iff no more than `limit` elements are alive at once, after as many drops as that takes.
  private mutating func drop(to limit: Int) -> Bool {
    while true {
      let excess = current.excess(above: limit)
      if excess == 0 { return true }
      let idle = IdleValues(current.computation, current.storage, current.live, limit: limit)
      guard dropSome(of: idle.drops, excess, limit) else { return false }
    }
  }

  /// Applies the best of the drops: several at once where together they help as much as foreseen,
  /// else the first that helps at all.
  private mutating func dropSome(
    of drops: [IdleValues.Drop], _ excess: Int, _ limit: Int
  ) -> Bool {
    var group: [IdleValues.Drop] = []
    var gain = 0
    for drop in drops
    where group.count < 12 && gain < excess
      && !group.contains(where: { $0.isRelated(to: drop) })
    {
      group.append(drop)
      gain += drop.gain
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
    return Self.candidate(ordered, placement, state, workspace)
  }
}
