import TensorIR

/// Turns the graph of the whole batch into the one graph that each of R ranks runs on its samples.
///
/// The meaning stays that of the whole batch, derivatives and penalties included: where sums cross ranks there is an
/// `all_reduce`, and nothing else of the graph is new. No rule knows an objective, a layer or a regularizer. Sample i is
/// on rank i mod R.
///
/// A value that is a sum over ranks stays a partial sum as long as what is done with it is linear, so that three products
/// that are added cost one message. A partial sum that somebody needs whole is summed once, for all who use it; since
/// others then need not go on with the part, the graph is built again until nothing changes.
public struct Partition {
  let graph: Graph
  let ranks: Int
  /// Inputs whose first axis is the samples.
  let samples: Set<Int>

  /// Where each node's value is, and what holds it on this rank.
  var states: [SampleState] = []
  var local: [Tensor] = []
  var builder: GraphBuilder
  private var whole: [ValueID: Tensor] = [:]
  private var summed: Set<ValueID> = []

  /// The graph of one of `ranks`, of that of the whole batch before elementwise operations are fused.
  ///
  /// A rank gets its own samples of the inputs at `samples`, whose first axis the samples are.
  ///
  /// - Throws: `Unpartitionable` where the samples of an input do not divide by the ranks.
  public static func partition(
    _ graph: Graph, ranks: Int, samples: Set<Int>
  ) throws(Unpartitionable) -> Graph {
    try requireDivision(of: graph, ranks: ranks, samples: samples)
    if ranks == 1 { return graph }
    var partition = Partition(graph: graph, ranks: ranks, samples: samples)
    return partition.run()
  }

  /// Throws unless the samples of each input at `samples` divide by `ranks`.
  public static func requireDivision(
    of graph: Graph, ranks: Int, samples: Set<Int>
  ) throws(Unpartitionable) {
    for index in samples.sorted() {
      let count = graph.nodes[index].type.shape[0]
      if count % ranks != 0 {
        throw Unpartitionable(input: graph.inputNames[index], count: count, ranks: ranks)
      }
    }
  }

  private init(graph: Graph, ranks: Int, samples: Set<Int>) {
    self.graph = graph
    self.ranks = ranks
    self.samples = samples
    builder = GraphBuilder()
  }

  private mutating func run() -> Graph {
    while true {
      let before = summed.count
      let result = build()
      if summed.count == before { return result.withoutDeadNodes() }
    }
  }

  private mutating func build() -> Graph {
    builder = GraphBuilder(element: graph.nodes.first?.type.element ?? .float32)
    (states, local, whole) = ([], [], [:])
    let live = graph.liveNodes()
    for (index, node) in graph.nodes.enumerated() {
      builder.origin = graph.origins[index]
      let id = ValueID(index)
      guard live[index] || index < graph.inputNames.count else {
        // Nobody asks for it; it keeps the places of nodes.
        states.append(.replicated)
        local.append(builder.constant(0))
        continue
      }
      let (state, value) = place(id, node)
      states.append(state)
      local.append(value)
      if state == .partial && summed.contains(id) {
        local[index] = wholeValue(id)
        states[index] = .replicated
      }
    }
    let results = zip(graph.resultNames, graph.results).map { name, id in
      builder.origin = graph.origins[id.index]
      return (name: name, value: wholeValue(id))
    }
    return builder.graph(name: graph.name, results: results)
  }

  // MARK: Values as others need them

  /// The value as every rank has it.
  mutating func wholeValue(_ id: ValueID) -> Tensor {
    if let known = whole[id] { return known }
    let value = local[id.index]
    let result: Tensor
    switch states[id.index] {
    case .replicated: return value
    case .partial:
      summed.insert(id)
      result = builder.emit(.allReduce(AllReduce(kind: .sum, ranks: ranks)), [value])
    case .split(let factor):
      if case .broadcast(let broadcast) = graph[id].op {
        let operand = wholeValue(graph[id].operands[0])
        return operand.broadcast(to: broadcast.shape, axes: broadcast.axes)
      }
      result = builder.emit(.allGather(AllGather(factor: factor, ranks: ranks)), [value])
    }
    whole[id] = result
    return result
  }

  /// This rank's samples of the value, which are at `factor` in it; nil where they are elsewhere.
  mutating func part(_ id: ValueID, _ factor: SampleFactor) -> Tensor? {
    if states[id.index] == .split(factor) { return local[id.index] }
    guard factor.count % ranks == 0 else { return nil }
    let node = graph[id]
    let shape = factor.part(of: node.type.shape, ranks: ranks)
    if let value = recomputed(id, node, factor, shape) { return value }
    // Samples along two axes are pairs.
    if states[id.index].factor != nil { return nil }
    return builder.emit(.shard(Shard(factor: factor, ranks: ranks)), [wholeValue(id)])
  }

  /// All parts, or nil where one is elsewhere.
  mutating func parts(_ ids: [ValueID], _ factor: SampleFactor) -> [Tensor]? {
    var result: [Tensor] = []
    for id in ids {
      guard let part = part(id, factor) else { return nil }
      result.append(part)
    }
    return result
  }

  /// A part of a value that grows out of constants and repetitions, computed as such: nothing whole is made to be cut.
  private mutating func recomputed(
    _ id: ValueID, _ node: Node, _ factor: SampleFactor, _ shape: Shape
  ) -> Tensor? {
    guard grows(id) else { return nil }
    switch node.op {
    case .constant(let constant): return builder.constant(constant.value.value, shape)
    case .broadcast(let broadcast) where !broadcast.axes.contains(factor.axis):
      return wholeValue(node.operands[0]).broadcast(to: shape, axes: broadcast.axes)
    case .map, .zip, .select: return parts(node.operands, factor).map { builder.emit(node.op, $0) }
    case .reshape:
      let before = graph[node.operands[0]].type.shape
      guard let source = factor.reshaped(from: node.type.shape, to: before) else { return nil }
      return part(node.operands[0], source)?.reshape(shape)
    case .input, .broadcast, .matmul, .convolution, .reduce, .transpose, .slice, .pad, .concatenate,
      .reverse, .identity, .fused, .fusedSums, .allReduce, .allGather, .shard:
      return nil
    }
  }

  /// `true` iff the value is made of constants and repetitions alone.
  private func grows(_ id: ValueID) -> Bool {
    let node = graph[id]
    return switch node.op {
    case .constant, .broadcast: true
    case .map, .zip, .select, .reshape: node.operands.allSatisfy { grows($0) }
    case .input, .matmul, .convolution, .reduce, .transpose, .slice, .pad, .concatenate,
      .reverse, .identity, .fused, .fusedSums, .allReduce, .allGather, .shard:
      false
    }
  }
}
