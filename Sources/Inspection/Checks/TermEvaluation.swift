import Compilation
import Diagnostics
import Execution
import Modules
import Passes
import Random
import TensorIR
import Training

/// The terms of one step at one point: their values, their gradients, and the means to evaluate
/// them nearby.
struct TermEvaluation {
  /// Names of the step's terms: `loss` and each penalty.
  let terms: [String]
  private let function: Function
  private let layout: [Variable]
  /// Values of the graph's inputs at the point.
  private var arguments: [[Double]]
  /// Values at the point of what derivatives see as constants.
  private var frozen: [ValueID: [Double]] = [:]
  /// By term and parameter.
  private var gradients: [Key: [Double]] = [:]

  /// A vector for each of some inputs.
  private typealias Direction = [(input: Int, vector: [Double])]

  private struct Key: Hashable {
    var term: String
    var parameter: String
  }

  /// Evaluates everything at the trainer's variables and the samples of `step`.
  ///
  /// - Throws: what is wrong with a sample.
  init(_ step: StepRun, _ trainer: Trainer) throws(Diagnostic) {
    function = trainer.compiled.functions[step.function].function
    layout = trainer.compiled.module.variables
    arguments = try trainer.arguments(of: step)
    var terms: [String] = []
    var graph = function.graph
    var kept: [(ValueID, Key)] = []
    for (result, target) in zip(graph.results, function.results) {
      guard case .penaltyGradient(let term, let parameter) = target else { continue }
      if !terms.contains(term) { terms.append(term) }
      kept.append((result, Key(term: term, parameter: parameter)))
    }
    self.terms = terms
    let constants = graph.nodes.indices.filter { graph.nodes[$0].isConstantForDerivatives }
    graph.results = kept.map(\.0) + constants.map { ValueID($0) }
    graph.resultNames = graph.results.map { "\($0.index)" }
    let values = evaluate(Pass.eliminateDeadCode.run(graph), inputs: arguments)
    for (value, (_, key)) in zip(values, kept) { gradients[key] = value }
    for (value, index) in zip(values.dropFirst(kept.count), constants) {
      frozen[ValueID(index)] = value
    }
  }

  /// The graph of one term's value alone, constants for derivatives turned into inputs behind the
  /// others.
  func graph(of term: String) -> TermGraph {
    TermGraph(function, term: term, frozen: frozen)
  }
}

// MARK: - Comparison

extension TermEvaluation {
  /// Steps along the unit direction, tried from the largest.
  private static let steps = [1e-5, 2e-6, 4e-7, 8e-8]

  /// Compares ⟨gradient, v⟩ with the central difference along a random unit vector v over a
  /// network's parameters.
  func compare(
    _ graph: TermGraph, _ term: String, _ network: String, _ stream: RandomStream
  ) -> GradientCheck.Outcome {
    let direction = direction(network, stream)
    var analytic = 0.0
    for (input, vector) in direction {
      guard case .variable(let name) = function.inputs[input],
        let gradient = gradients[Key(term: term, parameter: name)]
      else { continue }
      for (g, v) in zip(gradient, vector) { analytic += g * v }
    }
    let base = graph.evaluate(arguments)
    for step in Self.steps {
      let above = graph.evaluate(moved(along: direction, by: step))
      let below = graph.evaluate(moved(along: direction, by: -step))
      guard above.pieces == base.pieces, below.pieces == base.pieces else { continue }
      let numeric = (above.value - below.value) / (2 * step)
      // What a difference of two doubles cannot resolve is no error of the gradient.
      var noise = 4e-16 * max(abs(above.value), abs(below.value)) / step
      func error() -> Double {
        let scale = max(abs(numeric), abs(analytic), noise / GradientCheck.bound, 1e-30)
        return abs(numeric - analytic) / scale
      }
      // Where a value is what remains of a sum that cancels, its own size says little about its rounding.
      if error() > GradientCheck.bound {
        noise = max(noise, graph.deviation(arguments, by: 0x1p-50) / step)
      }
      return .compared(numeric: numeric, analytic: analytic, error: error())
    }
    return .skipped
  }

  /// A random unit vector over the parameters of a network, by graph input.
  private func direction(_ network: String, _ stream: RandomStream) -> Direction {
    let names = layout.filter { $0.role == .parameter(network: network) }.map(\.name)
    var direction: Direction = []
    var sumOfSquares = 0.0
    var offset = 0
    for (input, source) in function.inputs.enumerated() {
      guard case .variable(let name) = source, names.contains(name) else { continue }
      var floats = [Float](repeating: 0, count: arguments[input].count)
      floats.withUnsafeMutableBufferPointer { stream.fillNormal($0, step: 0, offset: offset) }
      offset += floats.count
      let vector = floats.map { Double($0) }
      sumOfSquares += vector.reduce(0) { $0 + $1 * $1 }
      direction.append((input, vector))
    }
    let norm = max(sumOfSquares.squareRoot(), 1e-300)
    return direction.map { ($0.input, $0.vector.map { $0 / norm }) }
  }

  private func moved(along direction: Direction, by step: Double) -> [[Double]] {
    var arguments = arguments
    for (input, vector) in direction {
      arguments[input] = zip(arguments[input], vector).map { $0 + step * $1 }
    }
    return arguments
  }
}

extension Node {
  /// `true` iff differentiation takes the value for a constant although it is none.
  var isConstantForDerivatives: Bool {
    if case .identity(let identity) = op { identity.kind == .stopGradient } else { false }
  }
}

extension Trainer {
  /// Values of all inputs of a step, as the engine would see them.
  ///
  /// - Throws: what is wrong with a sample.
  func arguments(of step: StepRun) throws(Diagnostic) -> [[Double]] {
    let function = compiled.functions[step.function].function
    var batches: [String: [Double]] = [:]
    try collectInputs(of: step) { name, values in batches[name] = values }
    return function.ports.enumerated().map { index, port in
      switch port.source {
      case .variable(let name): return compiled.variable(name).map { engine.state($0) } ?? []
      case .stream, .draw: return batches[function.graph.inputNames[index]] ?? []
      case .scalar(let scalar):
        let owner = players.first { $0.name == port.owner } ?? step.player
        return [scalar.value(for: owner.optimizer, at: time(of: step))]
      }
    }
  }
}
