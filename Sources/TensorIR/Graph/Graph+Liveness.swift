extension Graph {
  /// For each node, whether it is an input or some result depends on it.
  public func liveNodes() -> [Bool] {
    var live = [Bool](repeating: false, count: nodes.count)
    for index in inputNames.indices { live[index] = true }
    for result in results { live[result.index] = true }
    for index in nodes.indices.reversed() where live[index] {
      for operand in nodes[index].operands { live[operand.index] = true }
    }
    return live
  }

  /// The graph of the live nodes alone, in their order.
  public func withoutDeadNodes() -> Graph {
    let live = liveNodes()
    if live.allSatisfy({ $0 }) { return self }
    var position = [ValueID](repeating: ValueID(0), count: nodes.count)
    var result = Graph(name: name, inputNames: inputNames, resultNames: resultNames)
    for index in nodes.indices where live[index] {
      position[index] = ValueID(result.nodes.count)
      var node = nodes[index]
      node.operands = node.operands.map { position[$0.index] }
      result.nodes.append(node)
      result.origins.append(origins[index])
    }
    result.results = results.map { position[$0.index] }
    return result
  }
}
