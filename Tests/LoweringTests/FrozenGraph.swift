import Execution
import TensorIR

extension Graph {
  /// The values of everything that derivatives take for a constant, by node.
  func frozenValues(_ inputs: [[Double]]) -> [ValueID: [Double]] {
    var values: [ValueID: [Double]] = [:]
    _ = evaluate(self, inputs: inputs) { id, value in
      if nodes[id.index].isStopGradient { values[id] = value }
    }
    return values
  }

  /// The same graph with those nodes as further inputs, in their order.
  func freezing() -> (graph: Graph, frozen: [ValueID]) {
    let count = inputNames.count
    let frozen = nodes.indices.filter { nodes[$0].isStopGradient }.map { ValueID($0) }
    var result = self
    result.inputNames += frozen.map { "frozen \($0.index)" }
    var position = (0..<nodes.count).map { ValueID($0 < count ? $0 : $0 + frozen.count) }
    for (offset, id) in frozen.enumerated() { position[id.index] = ValueID(count + offset) }
    let added = frozen.enumerated().map { offset, id in
      Node(.input(Input(index: count + offset, type: self[id].type)), [], self[id].type)
    }
    // Nodes that are frozen stay where they were, unused, so that the others keep their order.
    result.nodes =
      nodes[..<count] + added
      + nodes[count...].map { node in
        var copy = node
        copy.operands = node.operands.map { position[$0.index] }
        return copy
      }
    result.origins = origins[..<count] + frozen.map { origins[$0.index] } + origins[count...]
    result.results = results.map { position[$0.index] }
    return (result, frozen)
  }
}

extension Node {
  fileprivate var isStopGradient: Bool {
    if case .identity(let identity) = op { identity.kind == .stopGradient } else { false }
  }
}
