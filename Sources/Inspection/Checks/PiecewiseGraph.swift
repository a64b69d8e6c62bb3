import Data
import Execution
import Random
import TensorIR

/// A graph that is evaluated in float64 together with what its results hang on: which pieces of piecewise linear
/// functions they are computed on, and how far rounding may move them.
struct PiecewiseGraph {
  private let graph: Graph
  private let resultCount: Int
  /// Nodes whose values decide which linear piece of a piecewise linear function is used.
  private let deciders: Set<ValueID>
  /// Squares of norms that something is divided by, and the nodes that divide: by a norm of 0 they give 0.
  private let norms: [ValueID: ValueID]

  init(_ graph: Graph) {
    self.graph = graph.withDeciders()
    resultCount = graph.results.count
    deciders = Set(self.graph.results.dropFirst(resultCount))
    var norms: [ValueID: ValueID] = [:]
    for (index, node) in self.graph.nodes.enumerated() {
      guard case .map(let map) = node.op, map.function == .inverseNormRoot else { continue }
      norms[ValueID(index)] = node.operands[0]
    }
    self.norms = norms
  }

  /// The results, and a digest of the pieces that they were computed on.
  func evaluate(_ inputs: [[Double]]) -> (values: [[Double]], pieces: Digest) {
    evaluate(inputs) { _, _ in }
  }

  private func evaluate(
    _ inputs: [[Double]], _ disturb: (ValueID, inout [Double]) -> Void
  ) -> (values: [[Double]], pieces: Digest) {
    var pieces = Digest()
    let values = withoutActuallyEscaping(disturb) { disturb in
      Execution.evaluate(graph, inputs: inputs) { id, values in
        disturb(id, &values)
        if deciders.contains(id) { pieces.combine(values.map { $0 > 0 ? 1 : 0 }) }
      }
    }
    return (Array(values.prefix(resultCount)), pieces)
  }
}

// MARK: - Rounding

extension PiecewiseGraph {
  /// Enough to cross a kink that rounding can cross, all but once in 256 times.
  private static let trials = 8

  /// How far the largest element of each result moves where each element of each value on the way, inputs included, is
  /// off by a random relative error of at most `size`, and whether that crosses a kink.
  ///
  /// Where sums cancel, this is the size of what was summed, times `size`. (Monte Carlo arithmetic, Parker 1997.) A norm
  /// that is nothing but rounding may as well be 0, by which nothing is divided: it is 0 in every other trial.
  func deviation(_ inputs: [[Double]], by size: Double) -> (results: [Double], crossesKink: Bool) {
    let squares = Set(norms.values)
    var sound: [ValueID: [Double]] = [:]
    let exact = evaluate(inputs) { id, values in
      if squares.contains(id) { sound[id] = values }
    }
    var (largest, crosses) = ([Double](repeating: 0, count: resultCount), false)
    for trial in 0..<Self.trials {
      let stream = RandomStream(seed: UInt64(trial), name: "rounding")
      var lost: [ValueID: [Bool]] = [:]
      let disturbed = evaluate(inputs) { id, values in
        if graph[id].op.rounds { Self.disturb(&values, of: id, by: size, stream) }
        if let before = sound[id] { lost[id] = zip(before, values).map(Self.isRounding) }
        guard let isLost = norms[id].flatMap({ lost[$0] }), isLost.contains(true) else { return }
        crosses = true
        if trial % 2 == 1 { values = zip(values, isLost).map { $1 ? 0 : $0 } }
      }
      crosses = crosses || disturbed.pieces != exact.pieces
      for index in 0..<resultCount {
        for (a, b) in zip(exact.values[index], disturbed.values[index]) {
          largest[index] = max(largest[index], (a - b).magnitude)
        }
      }
    }
    return (largest, crosses)
  }

  /// Whether a value is no larger than what rounding makes of it.
  private static func isRounding(_ exact: Double, _ disturbed: Double) -> Bool {
    (exact - disturbed).magnitude > 0.5 * max(exact.magnitude, disturbed.magnitude)
  }

  private static func disturb(
    _ values: inout [Double], of id: ValueID, by size: Double, _ stream: RandomStream
  ) {
    let errors = [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
      count = values.count
      stream.fillUniform(
        UnsafeMutableBufferPointer(rebasing: buffer[..<count]), low: -1, step: UInt64(id.index))
    }
    for index in values.indices { values[index] *= 1 + size * Double(errors[index]) }
  }
}

extension Op {
  /// Whether the result can be off by rounding where no operand is; inputs count, as what is summed first.
  fileprivate var rounds: Bool {
    switch self {
    case .input, .matmul, .convolution, .fused, .fusedSums: true
    case .map(let map):
      switch map.function {
      case .negate, .abs, .sign, .mask: false
      case .exp, .log, .sqrt, .rsqrt, .reciprocal, .square, .tanh, .sigmoid, .softplus, .erf: true
      case .normRoot, .inverseNormRoot, .wrightOmega, .scale, .shift, .power, .leakyRelu: true
      }
    case .zip(let zip):
      switch zip.function {
      case .add, .subtract, .multiply, .divide, .power: true
      // Those of equal operands must stay equal.
      case .maximum, .minimum, .greater, .greaterEqual, .equal: false
      }
    case .reduce(let reduce): reduce.kind == .sum
    case .constant, .select, .broadcast, .reshape, .transpose, .slice, .pad, .concatenate: false
    case .reverse, .identity: false
    case .allReduce(let reduce): reduce.kind == .sum
    case .allGather, .shard: false
    }
  }
}

extension Graph {
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
