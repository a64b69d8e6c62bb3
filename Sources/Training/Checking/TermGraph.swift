import Execution
import Lowering
import Passes
import TensorIR

/// The value of one term as a function of parameters, with everything that derivatives take for a
/// constant held still.
struct TermGraph {
  private let graph: Graph
  /// Values of the inputs behind the function's own.
  private let extraArguments: [[Double]]
  /// Nodes whose values decide which linear piece of a piecewise linear function is used.
  private let deciders: Set<ValueID>

  /// The highest order of derivative inside the term.
  var highestOrder: Int { graph.highestOrder }

  /// Takes the graph of `term` out of a function; `frozen` are values of nodes that become inputs.
  init(_ function: Function, term: String, frozen: [ValueID: [Double]]) {
    var graph = function.graph
    let index = function.results.firstIndex(of: .scalar(term))
    graph.results = index.map { [graph.results[$0]] } ?? []
    graph.resultNames = [term]
    let ids = frozen.keys.sorted()
    self.graph = Pass.eliminateDeadCode.run(graph.turningIntoInputs(ids)).comparingExtrema()
    extraArguments = ids.map { frozen[$0] ?? [] }
    deciders = self.graph.deciders
  }

  /// The term's value, and a digest of the pieces that it was computed on.
  func evaluate(_ arguments: [[Double]]) -> (value: Double, pieces: Digest) {
    var pieces = Digest()
    let results = Execution.evaluate(graph, inputs: arguments + extraArguments) { id, values in
      if deciders.contains(id) { pieces.combine(values.map { $0 > 0 ? 1 : 0 }) }
    }
    return (results.first?.first ?? .nan, pieces)
  }
}

extension Graph {
  /// The same graph with some nodes as further inputs.
  fileprivate func turningIntoInputs(_ ids: [ValueID]) -> Graph {
    let count = inputNames.count
    var position = [ValueID](repeating: ValueID(0), count: nodes.count)
    for index in 0..<count { position[index] = ValueID(index) }
    for (offset, id) in ids.enumerated() { position[id.index] = ValueID(count + offset) }
    let frozen = Set(ids)
    var result = Graph(name: name, resultNames: resultNames)
    result.inputNames = inputNames + ids.map { "frozen \($0.index)" }
    result.nodes = Array(nodes[..<count])
    result.origins = Array(origins[..<count])
    for (offset, id) in ids.enumerated() {
      let type = self[id].type
      result.nodes.append(Node(.input(Input(index: count + offset, type: type)), [], type))
      result.origins.append(origins[id.index])
    }
    for index in count..<nodes.count where !frozen.contains(ValueID(index)) {
      position[index] = ValueID(result.nodes.count)
      var node = nodes[index]
      node.operands = node.operands.map { position[$0.index] }
      result.nodes.append(node)
      result.origins.append(origins[index])
    }
    result.results = results.map { position[$0.index] }
    return result
  }

  /// The same graph with a comparison, as a further result, for every node that takes the larger or smaller of several
  /// values: which of two it is, and which elements are the largest of those that a reduction sees.
  fileprivate func comparingExtrema() -> Graph {
    var result = self
    func append(_ op: Op, _ operands: [ValueID], _ type: TensorType, _ origin: Origin) -> ValueID {
      result.nodes.append(Node(op, operands, type))
      result.origins.append(origin)
      return ValueID(result.nodes.count - 1)
    }
    for (index, node) in nodes.enumerated() {
      let origin = origins[index]
      let comparison: ValueID
      switch node.op {
      case .zip(let zip) where [.maximum, .minimum].contains(zip.function):
        comparison = append(.zip(Zip(function: .greater)), node.operands, node.type, origin)
      case .reduce(let reduce) where reduce.kind == .max:
        let type = self[node.operands[0]].type
        let kept = (0..<type.shape.rank).filter { !reduce.axes.contains($0) }
        let spread = append(
          .broadcast(Broadcast(shape: type.shape, axes: kept)), [ValueID(index)], type, origin)
        comparison = append(
          .zip(Zip(function: .greaterEqual)), [node.operands[0], spread], type, origin)
      default: continue
      }
      result.results.append(comparison)
      result.resultNames.append("comparison \(comparison.index)")
    }
    return result
  }

  /// Values whose signs choose pieces: operands of relu and its like, and results of comparisons.
  fileprivate var deciders: Set<ValueID> {
    var ids: Set<ValueID> = []
    for (index, node) in nodes.enumerated() {
      switch node.op {
      case .map(let map) where [.leakyRelu, .mask, .abs, .sign].contains(map.function):
        ids.insert(node.operands[0])
      case .zip(let zip) where [.greater, .greaterEqual].contains(zip.function):
        ids.insert(ValueID(index))
      default: break
      }
    }
    return ids
  }
}
