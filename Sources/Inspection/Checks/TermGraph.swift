import Compilation
import Data
import Modules
import Passes
import TensorIR

/// The value of one term as a function of parameters, with everything that derivatives take for a
/// constant held still.
struct TermGraph {
  private let graph: PiecewiseGraph
  /// Values of the inputs behind the function's own.
  private let extraArguments: [[Double]]

  /// Takes the graph of `term` out of a function; `frozen` are values of nodes that become inputs.
  init(_ function: Function, term: String, frozen: [ValueID: [Double]]) {
    var graph = function.graph
    let index = function.results.firstIndex(of: .scalar(term))
    graph.results = index.map { [graph.results[$0]] } ?? []
    graph.resultNames = [term]
    let ids = frozen.keys.sorted()
    self.graph = PiecewiseGraph(Pass.eliminateDeadCode.run(graph.turningIntoInputs(ids)))
    extraArguments = ids.map { frozen[$0] ?? [] }
  }

  /// The term's value, and a digest of the pieces that it was computed on.
  func evaluate(_ arguments: [[Double]]) -> (value: Double, pieces: Digest) {
    let (values, pieces) = graph.evaluate(arguments + extraArguments)
    return (values.first?.first ?? .nan, pieces)
  }

  /// How far the term's value moves where every value on the way is off by a relative `size`.
  func deviation(_ arguments: [[Double]], by size: Double) -> Double {
    graph.deviation(arguments + extraArguments, by: size).results.first ?? 0
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
}
