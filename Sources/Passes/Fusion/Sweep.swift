import TensorIR

/// A cluster as a scalar program.
struct Sweep {
  /// What the program reads from memory, in order of first use.
  let sources: [ElementwiseClusters.Source]
  private(set) var program: ScalarProgram
  /// Registers of the values that the cluster sums.
  private(set) var sums: [Int] = []

  /// The program of `cluster`, which runs over `count` elements.
  init(
    _ cluster: ElementwiseClusters.Cluster, _ clusters: ElementwiseClusters, count: Int
  ) {
    let graph = clusters.graph
    let members = cluster.members.sorted()
    sources = Self.usedSources(members, cluster.sums, clusters, count: count)
    program = ScalarProgram(accesses: sources.map(\.access), instructions: [])
    var registers: [ElementwiseClusters.Source: Int] = [:]
    for (register, source) in sources.enumerated() { registers[source] = register }
    for member in members {
      let node = graph.nodes[member]
      let reads = node.operands.map { registers[clusters.source(of: $0)] ?? 0 }
      guard let step = node.op.definition.instruction(reading: reads) else {
        preconditionFailure("\(node.op.definition.attributedMnemonic) is not elementwise")
      }
      program.instructions.append(step)
      let written = ElementwiseClusters.Source(value: member, access: .dense(count))
      registers[written] = sources.count + program.instructions.count - 1
    }
    sums = cluster.sums.map { registers[clusters.source(of: graph.nodes[$0].operands[0])] ?? 0 }
  }

  /// What the members and sums read from memory, in order of first use.
  private static func usedSources(
    _ members: [Int], _ sums: [Int], _ clusters: ElementwiseClusters, count: Int
  ) -> [ElementwiseClusters.Source] {
    var sources: [ElementwiseClusters.Source] = []
    for reader in members + sums {
      for operand in clusters.graph.nodes[reader].operands {
        let source = clusters.source(of: operand)
        let isComputed = members.contains(source.value) && source.access == .dense(count)
        if !isComputed && !sources.contains(source) { sources.append(source) }
      }
    }
    return sources
  }
}
