import TensorIR

/// A plan, the graph that it is of, and what it computes twice.
public struct RecomputingPlan: Sendable {
  /// The given graph, with copies of nodes where values are computed again.
  public var graph: Graph
  /// The plan.
  public var program: Program
  /// Nodes of `graph` that compute again what an earlier node computed.
  public var copies: [ValueID]
  /// Elements of the arena without the copies.
  public var arenaBefore: Int

  /// A plan that computes everything once.
  public init(_ program: Program, of graph: Graph) {
    self.graph = graph
    self.program = program
    copies = []
    arenaBefore = program.arenaCount
  }
}

/// Plans a graph as `plan(graph:placement:state:workspace:)` does, but computes values again where
/// its arena would have more than `budget` elements, until it has no more or none that helps is left.
///
/// Values that elementwise kernels and copies make are dropped and computed again for later readers:
/// never matrix products, convolutions or reductions. The same kernels run on the same operands, so
/// no bit of a result changes.
///
/// What to drop is chosen greedily: the value that takes most off the memory above the limit, over
/// all the steps it waits through, for each element computed and moved again. (Kirisame et al.
/// 2021, "Dynamic tensor rematerialization", weigh size and idle time against cost likewise.)
public func recomputingPlan(
  graph: Graph, placement: Placement, state: StateLayout, budget: Int,
  workspace: (KernelCall) -> Int
) -> RecomputingPlan {
  // Asking how much scratch a convolution needs may mean asking a library to prepare it.
  var scratch: [KernelCall: Int] = [:]
  func known(_ call: KernelCall) -> Int {
    if let count = scratch[call] { return count }
    let count = workspace(call)
    scratch[call] = count
    return count
  }
  return withoutActuallyEscaping(known) { known in
    let computation = Computation(graph, placement, state, workspace: known)
    let storage = computation.bestStorage()
    let whole = Program(
      computation, storage,
      ArenaLayout.smallest(storage.intervals, bound: storage.maxLiveCount))
    var search = RecomputationSearch(
      OrderedGraph(graph, computation, order: storage.order), placement, state, known)
    if whole.arenaCount > budget { search.fit(budget) }
    guard let reached = search.best, reached.program.arenaCount < whole.arenaCount else {
      return RecomputingPlan(whole, of: graph)
    }
    var plan = RecomputingPlan(reached.program, of: reached.ordered.graph)
    plan.arenaBefore = whole.arenaCount
    plan.copies = reached.ordered.isCopy.indices.filter { reached.ordered.isCopy[$0] }
      .map { ValueID($0) }
    return plan
  }
}
