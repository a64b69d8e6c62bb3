import TensorIR

extension ElementwiseClusters {
  /// Joins sums over the same axes of the same elements that read a tensor in common.
  mutating func mergeSums() {
    struct Key: Hashable {
      let extents: SumsKernel.Extents
      let depth: Int
    }
    let depths = graph.contractionDepths()
    var joined: [Key: [Int]] = [:]
    for index in clusters.indices {
      guard let sum = clusters[index].sums.first, let extents = graph.extents(ofSum: sum) else {
        continue
      }
      let key = Key(extents: extents, depth: depths[sum])
      // Few, so that the time of compiling grows with the nodes only.
      let near = joined[key]?.suffix(8) ?? []
      if let first = near.first(where: { canJoin($0, index, extents.count) }) {
        join(index, into: first)
      } else {
        joined[key, default: []].append(index)
      }
    }
  }

  /// Whether one sweep for both saves reading a tensor.
  private func canJoin(_ a: Int, _ b: Int, _ count: Int) -> Bool {
    let (a, b) = (clusters[a], clusters[b])
    guard !(a.members.isEmpty && b.members.isEmpty),
      a.sources.contains(where: { $0.access == .dense(count) && b.sources.contains($0) })
    else { return false }
    return Set(a.members + b.members).count <= Self.instructionLimit
      && Set(a.sources + b.sources).count <= Self.sourceLimit
  }

  private mutating func join(_ cluster: Int, into other: Int) {
    for sum in clusters[cluster].sums { summing[sum] = other }
    clusters[other].sums += clusters[cluster].sums
    clusters[other].members += clusters[cluster].members.filter {
      !clusters[other].members.contains($0)
    }
    clusters[other].sources += clusters[cluster].sources.filter {
      !clusters[other].sources.contains($0)
    }
    clusters[cluster] = Cluster(members: [], sources: [])
  }
}

extension Graph {
  /// Reductions, products and convolutions on the longest path to each node, itself included.
  ///
  /// Of two reductions with the same number neither depends on the other, nor on anything that
  /// depends on it; nodes of one number may become one node, all at once, without a cycle.
  fileprivate func contractionDepths() -> [Int] {
    var depths: [Int] = []
    depths.reserveCapacity(nodes.count)
    for node in nodes {
      let operands = node.operands.reduce(0) { max($0, depths[$1.index]) }
      depths.append(operands + (node.op.definition.isContraction ? 1 : 0))
    }
    return depths
  }
}
