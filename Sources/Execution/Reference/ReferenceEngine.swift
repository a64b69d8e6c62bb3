import Planning
import TensorIR

/// Runs executables in float64 by `evaluate`: the oracle of tests, of `advas-run gradcheck` and of `--precision float64`.
public final class ReferenceEngine: Engine {
  private let executables: [Executable]
  private var variables: [[Double]]
  /// Per executable, per input; unused for inputs that are variables.
  private var inputs: [[[Double]]]
  private var results: [[[Double]]]
  private let transport: (any Transport)?

  /// Makes an engine whose variables are all 0.
  ///
  /// One of several ranks speaks to the others by `transport`.
  public init(
    layout: StateLayout, executables: [Executable], transport: (any Transport)? = nil
  ) {
    self.transport = transport
    self.executables = executables
    variables = layout.shapes.map { [Double](repeating: 0, count: $0.count) }
    inputs = executables.map { executable in
      zip(executable.graph.inputTypes, executable.placement.inputs).enumerated().map {
        index, input in
        let isDealt = executable.pieces?.dealt.contains(index) ?? false
        let count = input.0.shape.count * (isDealt ? executable.pieces?.count ?? 1 : 1)
        return input.1 == .arena ? [Double](repeating: 0, count: count) : []
      }
    }
    results = executables.map { $0.graph.results.map { _ in [] } }
  }

  public func state(_ variable: Int) -> [Double] { variables[variable] }

  public func setState(_ variable: Int, _ values: [Double]) {
    precondition(values.count == variables[variable].count, "a variable keeps its shape")
    variables[variable] = values
  }

  public func withState<R>(_ variable: Int, _ body: (StateValues) throws -> R) rethrows -> R {
    try variables[variable].withUnsafeMutableBufferPointer { try body(.float64($0)) }
  }

  public func withInput(
    of index: Int, _ input: Int, _ write: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    var values = inputs[index][input].map { Float($0) }
    try values.withUnsafeMutableBufferPointer { try write($0) }
    inputs[index][input] = values.map { Double($0) }
  }

  public func setScalar(of index: Int, _ input: Int, _ value: Double) {
    inputs[index][input] = [value]
  }

  public func run(_ index: Int) {
    let (graph, placement) = (executables[index].graph, executables[index].placement)
    let arguments = zip(placement.inputs, inputs[index]).map { place, written in
      if case .state(let variable) = place { variables[variable] } else { written }
    }
    if let pieces = executables[index].pieces {
      results[index] =
        evaluateRanks(
          graph, inputs: pieces.deal(arguments, to: graph), transport: transport)[0]
    } else {
      results[index] = evaluate(graph, inputs: arguments, transport: transport)
    }
    // Only now: every node of the graph reads the variables as they were before the step.
    for (place, value) in zip(placement.results, results[index]) {
      if case .state(let variable) = place { variables[variable] = value }
    }
  }

  public func result(of index: Int, _ result: Int) -> [Double] { results[index][result] }

  public func scalar(of index: Int, _ result: Int) -> Double { results[index][result][0] }
}

extension Pieces {
  /// What each piece reads of what was written for all.
  fileprivate func deal(_ arguments: [[Double]], to graph: Graph) -> [[[Double]]] {
    (0..<count).map { piece in
      arguments.enumerated().map { index, values in
        guard dealt.contains(index) else { return values }
        let samples = graph.inputTypes[index].shape[0] * count
        return CollectiveKernel.Blocks(
          outer: 1, count: samples, inner: values.count / max(1, samples)
        ).part(of: values, rank: piece, of: count)
      }
    }
  }
}
