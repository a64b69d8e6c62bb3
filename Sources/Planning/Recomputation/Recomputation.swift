import TensorIR

/// A plan, the graph that it is of, and what it computes twice.
public struct BudgetedPlan: Sendable {
  /// The given graph, with copies of nodes where values are computed again.
  public var graph: Graph
  public var program: Program
  /// Nodes of `graph` that compute again what an earlier node computed.
  public var copies: [ValueID]
  /// Elements of the arena without the copies.
  public var arenaBefore: Int
}

/// Plans a graph so that its arena has at most `budget` elements, or as few as can be reached.
///
/// Where the plan is larger, values that elementwise kernels and copies make are dropped and
/// computed again for later readers: never matrix products, convolutions or reductions. The same
/// kernels run on the same operands, so no bit of a result changes.
///
/// What to drop is chosen greedily: the value that takes most off the memory above the budget, over
/// all the steps it waits through, for each element computed and moved again. (Kirisame et al.
/// 2021, "Dynamic tensor rematerialization", weigh size and idle time against cost likewise.)
public func plan(
  graph: Graph, placement: Placement, state: StateLayout, budget: Int,
  workspace: (KernelCall) -> Int
) -> BudgetedPlan {
  let computation = Computation(graph, placement, state, workspace: workspace)
  let storage = computation.bestStorage()
  let layout = ArenaLayout.smallest(storage.intervals, bound: storage.maxLiveCount)
  let whole = BudgetedPlan(
    graph: graph, program: Program(computation, storage, layout), copies: [],
    arenaBefore: layout.count)
  guard layout.count > budget else { return whole }
  var scratch: [KernelCall: Int] = [:]
  func known(_ call: KernelCall) -> Int {
    if let count = scratch[call] { return count }
    let count = workspace(call)
    scratch[call] = count
    return count
  }
  return withoutActuallyEscaping(known) { known in
    var search = RecomputationSearch(
      OrderedGraph(graph, computation, order: storage.order), placement, state, known)
    search.reach(budget)
    guard let reached = search.smallest, reached.program.arenaCount < layout.count else {
      return whole
    }
    return BudgetedPlan(
      graph: reached.ordered.graph, program: reached.program,
      copies: reached.ordered.isCopy.indices.filter { reached.ordered.isCopy[$0] }.map {
        ValueID($0)
      },
      arenaBefore: layout.count)
  }
}

/// The greedy search for what to compute again.
private struct RecomputationSearch {
  private let placement: Placement
  private let state: StateLayout
  private let workspace: (KernelCall) -> Int
  private var current: Candidate
  /// The smallest arena so far, with what is in it.
  private(set) var smallest: (ordered: OrderedGraph, program: Program)?

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
  mutating func reach(_ budget: Int) {
    // Placement may leave gaps; the limit on what is alive sinks until they fit too.
    var limit = budget
    for _ in 0..<8 {
      while current.excess(above: limit) > 0, dropOne(limit) {}
      let layout = ArenaLayout.smallest(
        current.storage.intervals, bound: current.storage.maxLiveCount)
      if layout.count < smallest?.program.arenaCount ?? .max {
        smallest = (current.ordered, Program(current.computation, current.storage, layout))
      }
      if layout.count <= budget || current.excess(above: limit) > 0 { return }
      limit -= layout.count - budget
    }
  }

  /// Applies the best drop of those that help; `false` where none does.
  private mutating func dropOne(_ limit: Int) -> Bool {
    let excess = current.excess(above: limit)
    let idle = IdleValues(current.computation, current.storage, current.live, limit: limit)
    for drop in idle.drops.prefix(16) {
      var ordered = current.ordered
      ordered.copy(drop.values, before: drop.reader)
      let next = Self.candidate(ordered, placement, state, workspace)
      if next.excess(above: limit) < excess {
        current = next
        return true
      }
    }
    return false
  }
}
