import TensorIR

/// Rebuilds a graph node by node through a builder, which makes equal nodes once.
///
/// Inputs stay, in order, and dead nodes vanish. A new node has the origin of the node that it was
/// made for.
struct GraphRewriter {
  let source: Graph
  let builder: GraphBuilder
  /// The new value of each node that has one.
  var values: [Tensor?]

  init(_ source: Graph) {
    self.source = source
    builder = GraphBuilder(element: source.nodes.first?.type.element ?? .float32)
    values = [Tensor?](repeating: nil, count: source.nodes.count)
    for (i, name) in source.inputNames.enumerated() {
      builder.origin = source.origins[i]
      values[i] = builder.input(name, source.nodes[i].type.shape)
    }
  }

  /// The new value of an operand of the node being rewritten.
  func value(of id: ValueID) -> Tensor {
    guard let value = values[id.index] else {
      preconditionFailure("node %\(id.index) of \(source.name) is used before it is computed")
    }
    return value
  }

  /// The graph in which each live node is what `transform` makes of it and of its new operands.
  static func rewrite(
    _ graph: Graph,
    _ transform: (_ node: Node, _ operands: [Tensor], _ builder: GraphBuilder) -> Tensor
  ) -> Graph {
    rewriteIndexed(graph) { _, node, operands, builder in transform(node, operands, builder) }
  }

  /// The same for a transformation that knows more about the node at each index.
  static func rewriteIndexed(
    _ graph: Graph,
    _ transform: (_ index: Int, _ node: Node, _ operands: [Tensor], _ builder: GraphBuilder) ->
      Tensor
  ) -> Graph {
    var rewriter = GraphRewriter(graph)
    let live = graph.liveNodes()
    for index in graph.inputNames.count..<graph.nodes.count where live[index] {
      let node = graph.nodes[index]
      rewriter.builder.origin = graph.origins[index]
      let operands = node.operands.map { rewriter.value(of: $0) }
      rewriter.values[index] = transform(index, node, operands, rewriter.builder)
    }
    return rewriter.finish()
  }

  /// The rewritten graph, without what is dead.
  func finish() -> Graph {
    let results = zip(source.resultNames, source.results).map { name, id in
      (name: name, value: value(of: id))
    }
    return builder.graph(name: source.name, results: results).withoutDeadNodes()
  }
}
