import TensorIR

extension Pass {
  /// Runs chains of elementwise operations in one sweep over memory.
  ///
  /// Comes last: a fused operation has no derivative.
  ///
  ///     %2 = broadcast %1 {shape = [8, 3], axes = [1]}
  ///     %3 = zip %0, %2 {f = add}
  ///     %4 = map %3 {f = tanh}
  ///     =>
  ///     %2 = fused %0, %1 {shape = [8, 3], reads = [1, 24, 1, 3], program = [add:0:1:0:0.0, tanh:2:0:0:0.0]}
  public static let fuse = Pass("fuse") { graph in
    let clusters = ElementwiseClusters(graph)
    var rewriter = GraphRewriter(graph)
    let live = graph.liveNodes()
    for index in graph.inputNames.count..<max(graph.nodes.count, graph.inputNames.count)
    where live[index] {
      let node = graph.nodes[index]
      rewriter.builder.origin = graph.origins[index]
      if !node.op.isElementwise {
        // What only sweeps read may have no value of its own.
        guard node.operands.allSatisfy({ rewriter.values[$0.index] != nil }) else { continue }
        rewriter.values[index] = rewriter.builder.emit(node.op, node.operands.map(rewriter.value))
      } else if clusters.writer[index] >= 0 {
        rewriter.values[index] = sweep(
          clusters.clusters[clusters.writer[index]], clusters, rewriter)
      }
    }
    return rewriter.finish()
  }

  /// The value that a cluster writes.
  private static func sweep(
    _ cluster: ElementwiseClusters.Cluster, _ clusters: ElementwiseClusters,
    _ rewriter: GraphRewriter
  ) -> Tensor {
    let root = rewriter.source.nodes[cluster.members[0]]
    let count = root.type.shape.count
    if cluster.members.count == 1, root.operands.allSatisfy({ rewriter.values[$0.index] != nil }),
      cluster.sources.allSatisfy({
        $0.access == .dense(count) && !rewriter.source.nodes[$0.value].op.isConstant
      })
    {
      return rewriter.builder.emit(root.op, root.operands.map(rewriter.value))
    }
    let members = cluster.members.sorted()
    let sources = usedSources(members, clusters, rewriter.source)
    var registers: [ElementwiseClusters.Source: Int] = [:]
    for (register, source) in sources.enumerated() { registers[source] = register }
    var instructions: [ScalarProgram.Instruction] = []
    for member in members {
      let node = rewriter.source.nodes[member]
      let reads = node.operands.map { registers[clusters.source(of: $0)] ?? 0 }
      instructions.append(node.op.instruction(reading: reads))
      let written = ElementwiseClusters.Source(value: member, access: .dense(count))
      registers[written] = sources.count + instructions.count - 1
    }
    let operands = sources.map { source -> Tensor in
      if case .constant(let constant) = rewriter.source.nodes[source.value].op {
        return rewriter.builder.constant(constant.value.value)
      }
      return rewriter.value(of: ValueID(source.value))
    }
    let program = ScalarProgram(accesses: sources.map(\.access), instructions: instructions)
    return rewriter.builder.emit(.fused(Fused(program: program, shape: root.type.shape)), operands)
  }

  /// What the members read from memory, in order of first use.
  private static func usedSources(
    _ members: [Int], _ clusters: ElementwiseClusters, _ graph: Graph
  ) -> [ElementwiseClusters.Source] {
    var sources: [ElementwiseClusters.Source] = []
    for member in members {
      for operand in graph.nodes[member].operands {
        let source = clusters.source(of: operand)
        let isComputed =
          members.contains(source.value) && source.access == .dense(graph[operand].type.shape.count)
        if !isComputed && !sources.contains(source) { sources.append(source) }
      }
    }
    return sources
  }
}

extension Op {
  var isConstant: Bool {
    if case .constant = self { true } else { false }
  }

  /// The elementwise operation on registers.
  fileprivate func instruction(reading r: [Int]) -> ScalarProgram.Instruction {
    switch self {
    case .map(let map): .init(map.function.opcode, a: r[0], immediate: map.parameter.value)
    case .zip(let zip): .init(zip.function.opcode, a: r[0], b: r[1])
    case .select: .init(.select, a: r[0], b: r[1], c: r[2])
    default: preconditionFailure("\(definition.attributedMnemonic) is not elementwise")
    }
  }
}
