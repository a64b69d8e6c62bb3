import TensorIR

/// A graph whose nodes stand in the order in which they run, so that a copy of a node can be put
/// where it should run.
struct OrderedGraph {
  private(set) var graph: Graph
  /// For each node, whether it computes again what an earlier node computes.
  private(set) var isCopy: [Bool]

  /// The nodes of `graph` in the order of `computation`'s tasks; views stand before their first
  /// reader, and what no result needs is left out.
  init(_ source: Graph, _ computation: Computation, order: [Int]) {
    var builder = Builder(source)
    for task in order where computation.tasks[task].value.index < source.nodes.count {
      builder.append(computation.tasks[task].value)
    }
    (graph, isCopy) = builder.finish(isCopy: [Bool](repeating: false, count: source.nodes.count))
  }

  /// Computes the values of each drop again right before its reader; the reader and all after it
  /// read the copies.
  mutating func apply(_ drops: [IdleValues.Drop]) {
    var builder = Builder(graph)
    var rest = drops.sorted { $0.reader < $1.reader }[...]
    for index in graph.inputNames.count..<graph.nodes.count where !builder.isView(index) {
      while let drop = rest.first, drop.reader.index == index {
        for value in drop.values { builder.copy(value) }
        rest.removeFirst()
      }
      builder.append(ValueID(index))
    }
    (graph, isCopy) = builder.finish(isCopy: isCopy)
  }
}

/// Writes nodes of a graph one after the other.
private struct Builder {
  private let source: Graph
  private var result: Graph
  /// What stands for each value of the source by now.
  private var position: [ValueID?]
  /// The node of the source behind each new one.
  private var sourceOf: [Int] = []

  init(_ source: Graph) {
    self.source = source
    result = Graph(
      name: source.name, inputNames: source.inputNames, resultNames: source.resultNames)
    position = [ValueID?](repeating: nil, count: source.nodes.count)
    for index in source.inputNames.indices { write(ValueID(index)) }
  }

  /// Writes a node unless it is there, views that it reads first.
  mutating func append(_ value: ValueID) {
    guard position[value.index] == nil else { return }
    readViews(of: value)
    write(value)
  }

  /// Writes a node again; views of it are forgotten, so that whoever reads one from now on makes
  /// another.
  mutating func copy(_ value: ValueID) {
    readViews(of: value)
    write(value)
    var stale: Set<ValueID> = [value]
    for index in (value.index + 1)..<source.nodes.count where isView(index) {
      if source.nodes[index].operands.contains(where: stale.contains) {
        stale.insert(ValueID(index))
        position[index] = nil
      }
    }
  }

  func isView(_ index: Int) -> Bool {
    if case .alias = source.kernel(source.nodes[index]) { true } else { false }
  }

  private mutating func readViews(of value: ValueID) {
    for operand in source[value].operands { append(operand) }
  }

  private mutating func write(_ value: ValueID) {
    var node = source[value]
    node.operands = node.operands.map { operand in
      guard let position = position[operand.index] else {
        preconditionFailure("%\(operand.index) is read before it is computed")
      }
      return position
    }
    position[value.index] = ValueID(result.nodes.count)
    sourceOf.append(value.index)
    result.nodes.append(node)
    result.origins.append(source.origins[value.index])
  }

  /// The graph without what nobody reads any more.
  mutating func finish(isCopy: [Bool]) -> (Graph, isCopy: [Bool]) {
    for value in source.results { append(value) }
    result.results = source.results.map { position[$0.index] ?? $0 }
    let live = result.liveNodes()
    // What has lost all readers to its copy was not computed again, but later.
    var isWritten = [Bool](repeating: false, count: source.nodes.count)
    var flags: [Bool] = []
    for index in result.nodes.indices where live[index] {
      let node = sourceOf[index]
      flags.append(isCopy[node] || isWritten[node])
      isWritten[node] = true
    }
    return (result.withoutDeadNodes(), flags)
  }
}
