import TensorIR

extension Pass {
  /// Runs chains of elementwise operations in one sweep over memory, and adds up in the same sweep what is only summed.
  ///
  /// Comes last: a fused operation has no derivative.
  ///
  ///     %2 = broadcast %1 {shape = [8, 3], axes = [1]}
  ///     %3 = zip %0, %2 {f = add}
  ///     %4 = map %3 {f = tanh}
  ///     =>
  ///     %2 = fused %0, %1 {shape = [8, 3], reads = [1, 24, 1, 3], program = [add:0:1:0:0.0, tanh:2:0:0:0.0]}
  public static let fuse = Pass("fuse") { graph in
    var fusion = Fusion(graph)
    return fusion.run()
  }
}

/// The rewriting of a graph into sweeps.
private struct Fusion {
  private let graph: Graph
  private let clusters: ElementwiseClusters
  private var rewriter: GraphRewriter

  init(_ graph: Graph) {
    self.graph = graph
    clusters = ElementwiseClusters(graph)
    rewriter = GraphRewriter(graph)
  }

  mutating func run() -> Graph {
    let live = graph.liveNodes()
    for index in graph.nodes.indices where live[index] && hasValue(index) { emit(index) }
    return rewriter.finish()
  }

  /// `false` for what only sweeps read.
  private func hasValue(_ index: Int) -> Bool {
    let node = graph.nodes[index]
    if node.op.isElementwise { return clusters.writer[index] >= 0 }
    return !node.op.isReshape || hasValue(graph.skippingReshapes(index))
  }

  /// Emits a node after those that it reads: sums join a sweep that may read what comes later in the program.
  private mutating func emit(_ index: Int) {
    var stack = [index]
    while let next = stack.last {
      let missing =
        rewriter.values[next] == nil ? reads(next).filter { rewriter.values[$0] == nil } : []
      if missing.isEmpty {
        stack.removeLast()
        if rewriter.values[next] == nil { define(next) }
      } else {
        stack += missing
      }
    }
  }

  /// The nodes whose values must be there before a node's.
  private func reads(_ index: Int) -> [Int] {
    if let cluster = cluster(of: index) { return clusters.clusters[cluster].sources.map(\.value) }
    return graph.nodes[index].operands.map(\.index)
  }

  /// The sweep that gives a node its value.
  private func cluster(of index: Int) -> Int? {
    if clusters.writer[index] >= 0 { return clusters.writer[index] }
    let sum = clusters.summing[index]
    guard sum >= 0 else { return nil }
    return clusters.clusters[sum].members.isEmpty ? nil : sum
  }

  private mutating func define(_ index: Int) {
    let node = graph.nodes[index]
    rewriter.builder.origin = graph.origins[index]
    guard let cluster = cluster(of: index) else {
      rewriter.values[index] = rewriter.builder.emit(node.op, node.operands.map(rewriter.value))
      return
    }
    if node.op.isElementwise {
      rewriter.values[index] = sweep(clusters.clusters[cluster])
    } else {
      sum(clusters.clusters[cluster])
    }
  }

  /// The value that a cluster writes.
  private func sweep(_ cluster: ElementwiseClusters.Cluster) -> Tensor {
    let root = graph.nodes[cluster.members[0]]
    let count = root.type.shape.count
    if cluster.members.count == 1, root.operands.allSatisfy({ rewriter.values[$0.index] != nil }),
      cluster.sources.allSatisfy({
        $0.access == .dense(count) && !graph.nodes[$0.value].op.isConstant
      })
    {
      return rewriter.builder.emit(root.op, root.operands.map(rewriter.value))
    }
    let sweep = Sweep(cluster, clusters, count: count)
    let fused = Fused(program: sweep.program, shape: root.type.shape)
    return rewriter.builder.emit(.fused(fused), operands(sweep))
  }

  /// Gives all sums of a cluster their values.
  private mutating func sum(_ cluster: ElementwiseClusters.Cluster) {
    guard case .reduce(let reduce) = graph.nodes[cluster.sums[0]].op else { return }
    let shape = graph[graph.nodes[cluster.sums[0]].operands[0]].type.shape
    let sweep = Sweep(cluster, clusters, count: shape.count)
    let fused = FusedSums(
      program: sweep.program, shape: shape, axes: reduce.axes, sums: sweep.sums)
    let all = rewriter.builder.emit(.fusedSums(fused), operands(sweep))
    let kept = graph.nodes[cluster.sums[0]].type.shape
    let zeros = [Int](repeating: 0, count: kept.rank)
    for (place, node) in cluster.sums.enumerated() {
      let part =
        cluster.sums.count == 1
        ? all : all.slice([place] + zeros, [place + 1] + kept.dimensions)
      rewriter.values[node] = part.reshape(graph.nodes[node].type.shape)
    }
  }

  private func operands(_ sweep: Sweep) -> [Tensor] {
    sweep.sources.map { source -> Tensor in
      if case .constant(let constant) = graph.nodes[source.value].op {
        return rewriter.builder.constant(constant.value.value)
      }
      return rewriter.value(of: ValueID(source.value))
    }
  }
}

extension Op {
  var isConstant: Bool {
    if case .constant = self { true } else { false }
  }
}
