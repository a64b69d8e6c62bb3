import Data
import Execution
import TensorIR

/// The parts of a graph that depend on nothing but known inputs, computed once and for all: W/σ of spectral norm, the scale
/// of a batch norm.
///
/// What only repeats a smaller value stays in the graph: a table of numbers for each sample would be large, and hold as
/// many samples as this graph has.
struct KnownParts {
  private enum Status {
    /// Depends on what is not known.
    case open
    /// Known, and made by repeating less.
    case grown
    /// Known, each number another.
    case whole
  }

  /// Nodes whose values are needed, those that are known included, but not what they are made of.
  private(set) var isNeeded: [Bool]
  /// The values of those that are known, by node.
  private(set) var values: [Int: TensorData] = [:]

  /// `inputs` are values of the graph's inputs, by index.
  init(of graph: Graph, inputs: [Int: TensorData]) {
    isNeeded = [Bool](repeating: false, count: graph.nodes.count)
    let statuses = Self.statuses(of: graph, inputs: inputs)
    for result in graph.results { isNeeded[result.index] = true }
    var folded: [ValueID] = []
    for index in graph.nodes.indices.reversed() where isNeeded[index] {
      if statuses[index] == .whole {
        folded.append(ValueID(index))
      } else {
        for operand in graph.nodes[index].operands { isNeeded[operand.index] = true }
      }
    }
    compute(folded.reversed(), of: graph, inputs: inputs)
  }

  private static func statuses(of graph: Graph, inputs: [Int: TensorData]) -> [Status] {
    var statuses: [Status] = []
    for node in graph.nodes {
      let operands = node.operands.map { statuses[$0.index] }
      statuses.append(status(of: node, operands, isGiven: { inputs[$0] != nil }))
    }
    return statuses
  }

  private static func status(
    of node: Node, _ operands: [Status], isGiven: (Int) -> Bool
  ) -> Status {
    if case .input(let input) = node.op { return isGiven(input.index) ? .whole : .open }
    if operands.contains(.open) { return .open }
    switch node.op {
    case .constant: return .grown
    case .broadcast(let broadcast):
      let isSame = broadcast.shape.count == broadcast.axes.reduce(1) { $0 * broadcast.shape[$1] }
      return isSame ? operands[0] : .grown
    // A sum of what repeats is another one where there are more samples to repeat it for.
    case .reduce, .convolution, .matmul: return operands.contains(.grown) ? .grown : .whole
    default: return operands.contains(.whole) ? .whole : .grown
    }
  }

  /// In double precision, by the reference engine.
  private mutating func compute(
    _ wanted: [ValueID], of graph: Graph, inputs: [Int: TensorData]
  ) {
    var computed: [ValueID] = []
    for id in wanted {
      if case .input(let input) = graph[id].op {
        values[id.index] = inputs[input.index]
      } else {
        computed.append(id)
      }
    }
    guard !computed.isEmpty else { return }
    let (part, used) = graph.part(computing: computed)
    let arguments = used.map { inputs[$0]?.doubles ?? [] }
    for (id, result) in zip(computed, evaluate(part, inputs: arguments)) {
      let type = graph[id].type
      values[id.index] =
        type.element == .float32
        ? TensorData(floats: result.map { Float($0) }, shape: type.shape.dimensions)
        : TensorData(doubles: result, shape: type.shape.dimensions)
    }
  }
}

extension Graph {
  /// The graph of some of this one's values, and which of the inputs it has.
  fileprivate func part(computing wanted: [ValueID]) -> (graph: Graph, inputs: [Int]) {
    var isUsed = [Bool](repeating: false, count: nodes.count)
    for id in wanted { isUsed[id.index] = true }
    for index in nodes.indices.reversed() where isUsed[index] {
      for operand in nodes[index].operands { isUsed[operand.index] = true }
    }
    let builder = GraphBuilder(element: nodes.first?.type.element ?? .float32)
    var tensors: [ValueID: Tensor] = [:]
    var inputs: [Int] = []
    for (index, node) in nodes.enumerated() where isUsed[index] {
      if case .input(let input) = node.op {
        inputs.append(input.index)
        tensors[ValueID(index)] = builder.input(inputNames[input.index], node.type.shape)
      } else {
        tensors[ValueID(index)] = builder.emit(node.op, node.operands.compactMap { tensors[$0] })
      }
    }
    let results = wanted.compactMap { id in tensors[id].map { ("\(id.index)", $0) } }
    return (builder.graph(name: name, results: results), inputs)
  }
}
