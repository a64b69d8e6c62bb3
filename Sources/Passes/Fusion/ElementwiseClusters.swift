import TensorIR

/// Which elementwise nodes run together in one sweep over memory.
///
/// Nodes are visited from users to operands. One that only a single cluster reads joins it. A cheap
/// one that several read is computed again in each, which saves writing and reading it; an
/// expensive one (`exp`, `tanh`) never is. Elements keep their order under a reshape, so reshapes
/// do not part clusters; broadcasts are read in place. A sweep ends in a value that is written, or in
/// sums of values that need not be.
struct ElementwiseClusters {
  /// What a cluster reads: a value in memory, and how.
  struct Source: Hashable {
    var value: Int
    var access: ScalarProgram.Access
  }

  /// Nodes computed in one sweep.
  struct Cluster {
    /// Where nothing is summed, the first is the one whose value is written.
    var members: [Int]
    var sources: [Source]
    /// Reductions over the same axes of the same elements.
    var sums: [Int] = []
  }

  /// Bounds on a sweep: registers of a tile must stay in the first-level cache.
  static let instructionLimit = 24
  static let sourceLimit = 12

  let graph: Graph
  /// Users of each node, reshapes skipped.
  private let users: [[Int]]
  /// Whether the node is a result, reshapes skipped.
  private let isResult: [Bool]
  var clusters: [Cluster] = []
  /// The cluster that writes each node's value; -1 where none does.
  private(set) var writer: [Int]
  /// The cluster of each reduction that is one of a cluster's sums; -1 for other nodes.
  var summing: [Int]
  /// All clusters that compute the node.
  private var computing: [[Int]]

  init(_ graph: Graph) {
    self.graph = graph
    var users = [[Int]](repeating: [], count: graph.nodes.count)
    var isResult = [Bool](repeating: false, count: graph.nodes.count)
    for result in graph.results { isResult[graph.skippingReshapes(result.index)] = true }
    let live = graph.liveNodes()
    for (index, node) in graph.nodes.enumerated() where live[index] && !node.op.isReshape {
      for operand in node.operands {
        let source = graph.skippingReshapes(operand.index)
        if users[source].last != index { users[source].append(index) }
      }
    }
    (self.users, self.isResult) = (users, isResult)
    writer = [Int](repeating: -1, count: graph.nodes.count)
    summing = [Int](repeating: -1, count: graph.nodes.count)
    computing = [[Int]](repeating: [], count: graph.nodes.count)
    for index in graph.nodes.indices.reversed() where live[index] {
      if graph.nodes[index].op.isElementwise {
        assign(index)
      } else if graph.extents(ofSum: index) != nil {
        summing[index] = clusters.count
        clusters.append(
          Cluster(members: [], sources: distinctSources(of: index), sums: [index]))
      }
    }
    mergeSums()
  }

  private mutating func assign(_ index: Int) {
    var readers: [Int] = []
    var isRead = isResult[index]
    for user in users[index] {
      if graph.nodes[user].op.isElementwise {
        for cluster in computing[user] where !readers.contains(cluster) { readers.append(cluster) }
      } else if summing[user] >= 0 {
        if !readers.contains(summing[user]) { readers.append(summing[user]) }
      } else {
        isRead = true
      }
    }
    let cheap = isCheap(index)
    if !isRead, readers.count == 1 || cheap, readers.allSatisfy({ fits(index, $0) }) {
      readers.forEach { join(index, $0) }
      return
    }
    // Written in any case: computing it again pays where its operands are at hand.
    for cluster in readers
    where cheap && addedSources(index, cluster).isEmpty && fits(index, cluster) {
      join(index, cluster)
    }
    writer[index] = clusters.count
    computing[index].append(clusters.count)
    clusters.append(Cluster(members: [index], sources: distinctSources(of: index)))
  }

  /// `true` iff computing the value again costs no more than reading it from memory: it is a simple
  /// function of one tensor as large as itself.
  private func isCheap(_ index: Int) -> Bool {
    let node = graph.nodes[index]
    guard let opcode = node.op.definition.instruction(reading: [0, 1, 2])?.opcode, opcode.isCheap
    else { return false }
    if opcode.arity == 1 { return true }
    return distinctSources(of: index).filter { 8 * $0.access.count > node.type.shape.count }.count
      == 1
  }

  private func fits(_ index: Int, _ cluster: Int) -> Bool {
    clusters[cluster].members.count < Self.instructionLimit
      && clusters[cluster].sources.count - 1 + addedSources(index, cluster).count
        <= Self.sourceLimit
  }

  private func addedSources(_ index: Int, _ cluster: Int) -> [Source] {
    distinctSources(of: index).filter { !clusters[cluster].sources.contains($0) }
  }

  private mutating func join(_ index: Int, _ cluster: Int) {
    let (own, added) = (dense(index), addedSources(index, cluster))
    clusters[cluster].sources.removeAll { $0 == own }
    clusters[cluster].sources += added
    clusters[cluster].members.append(index)
    computing[index].append(cluster)
  }

  private func distinctSources(of index: Int) -> [Source] {
    var sources: [Source] = []
    for operand in graph.nodes[index].operands {
      let source = source(of: operand)
      if !sources.contains(source) { sources.append(source) }
    }
    return sources
  }

  private func dense(_ index: Int) -> Source {
    Source(value: index, access: .dense(graph.nodes[index].type.shape.count))
  }

  /// How a sweep reads an operand.
  func source(of operand: ValueID) -> Source {
    let index = graph.skippingReshapes(operand.index)
    let node = graph.nodes[index]
    switch node.op {
    case .constant: return Source(value: index, access: .scalar)
    case .broadcast(let broadcast):
      guard let access = broadcast.access else { return dense(index) }
      let value = graph.skippingReshapes(node.operands[0].index)
      // A constant is read as one number, whatever repeats it; simplification, which leaves none repeated, may be off.
      return Source(value: value, access: graph.nodes[value].op.isConstant ? .scalar : access)
    default: return dense(index)
    }
  }
}

extension Graph {
  /// What a sum adds up, in the order of memory; nil for other nodes, and where kept axes lie between.
  func extents(ofSum index: Int) -> SumsKernel.Extents? {
    guard case .reduce(let reduce) = nodes[index].op, reduce.kind == .sum else { return nil }
    return SumsKernel.Extents(self[nodes[index].operands[0]].type.shape, reduce.axes)
  }

  /// The node whose elements `index` shows under another shape.
  func skippingReshapes(_ index: Int) -> Int {
    var index = index
    while nodes[index].op.isReshape { index = nodes[index].operands[0].index }
    return index
  }
}

extension Op {
  var isReshape: Bool {
    if case .reshape = self { true } else { false }
  }
}
