import Compilation
import Data
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

  /// Takes the graph of `term` out of a function; `frozen` are values of nodes that become inputs.
  init(_ function: Function, term: String, frozen: [ValueID: [Double]]) {
    var graph = function.graph
    let index = function.results.firstIndex(of: .scalar(term))
    graph.results = index.map { [graph.results[$0]] } ?? []
    graph.resultNames = [term]
    let ids = frozen.keys.sorted()
    self.graph = Pass.eliminateDeadCode.run(graph.turningIntoInputs(ids)).withDeciders()
    extraArguments = ids.map { frozen[$0] ?? [] }
    deciders = Set(self.graph.results.dropFirst())
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

  /// The same graph with the values whose signs choose pieces as further results: operands of relu and its like,
  /// comparisons, and which of several values is the largest.
  fileprivate func withDeciders() -> Graph {
    let builder = GraphBuilder(element: nodes.first?.type.element ?? .float64)
    var (values, deciders): ([Tensor], [Tensor]) = ([], [])
    for (index, node) in nodes.enumerated() {
      builder.origin = origins[index]
      if index < inputNames.count {
        values.append(builder.input(inputNames[index], node.type.shape))
        continue
      }
      let operands = node.operands.map { values[$0.index] }
      values.append(builder.emit(node.op, operands, knownAs: node.type))
      deciders += node.op.definition.deciders(Site(operands: operands, result: values[index]))
    }
    return builder.graph(
      name: name,
      results: zip(resultNames, results).map { ($0, values[$1.index]) }
        + deciders.map { ("decider \($0.id.index)", $0) })
  }
}
