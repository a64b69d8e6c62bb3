import Compilation
import Execution
import Lowering
import Random
import Spec
import TensorIR

extension Trainer {
  /// Gives the singular vectors of weights, as they are now, their first values, and what stands in for those vectors
  /// within a round the same; `isDue` says of which.
  package func startVectors(where isDue: (SingularPair) -> Bool = { _ in true }) {
    let variables = compiled.module.variables
    for pair in variables.singularPairs.values where isDue(pair) {
      guard let shape = variables.first(where: { $0.name == pair.weight })?.shape else { continue }
      let found = singularVectors(of: pair, shape)
      for (vector, values) in [(pair.u, found.u), (pair.v, found.v)] {
        for (index, variable) in variables.enumerated()
        where variable.name == vector.name || variable.role == .shadow(of: vector.name) {
          engine.setState(index, values)
        }
      }
    }
  }

  private func singularVectors(
    of pair: SingularPair, _ shape: Shape
  ) -> (u: [Double], v: [Double]) {
    let stream = RandomStream(seed: compiled.experiment.seed, name: "init/\(pair.drawnAs)")
    var first = [Float](repeating: 0, count: pair.v.shape.count)
    first.withUnsafeMutableBufferPointer { stream.fillNormal($0, step: 0) }
    let start = first.map { Double($0) }
    guard let index = compiled.variable(pair.weight) else { return ([], start) }
    return engine.withState(index) { values in
      switch values {
      case .float32(let weight): SpectralStart(weight, shape, pair).iterated(from: start)
      case .float64(let weight): SpectralStart(weight, shape, pair).iterated(from: start)
      }
    }
  }
}

/// Power iterations on the values of a weight, in double precision and in one fixed order whatever the precision and
/// the threads of the run.
private struct SpectralStart<Element: BinaryFloatingPoint> {
  /// Row r of the matrix is, for every o below `outer`, the `inner` elements from (o·rows + r)·inner on.
  private let values: UnsafeMutableBufferPointer<Element>
  private let outer: Int
  private let rows: Int
  private let inner: Int

  private let epsilon: Double

  /// Takes the axis of outputs of a weight of this shape for the rows.
  init(_ values: UnsafeMutableBufferPointer<Element>, _ shape: Shape, _ pair: SingularPair) {
    let axis = pair.axis
    self.values = values
    epsilon = pair.epsilon
    outer = shape.dimensions[..<axis].reduce(1, *)
    rows = shape[axis]
    inner = shape.dimensions[(axis + 1)...].reduce(1, *)
  }

  /// u and v as torch's parametrization starts them, from a `v` that need not be of norm 1.
  func iterated(from v: [Double]) -> (u: [Double], v: [Double]) {
    var (u, v) = ([Double](repeating: 0, count: rows), unit(v))
    for _ in 0..<SingularVector.firstIterations {
      u = unit(product(v))
      v = unit(transposedProduct(u))
    }
    return (u, v)
  }

  /// Wv.
  private func product(_ v: [Double]) -> [Double] {
    (0..<rows).map { row in
      var sum = 0.0
      for block in 0..<outer {
        let (from, to) = ((block * rows + row) * inner, block * inner)
        for i in 0..<inner { sum += Double(values[from + i]) * v[to + i] }
      }
      return sum
    }
  }

  /// Wᵀu.
  private func transposedProduct(_ u: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: outer * inner)
    for block in 0..<outer {
      for row in 0..<rows {
        let (from, to) = ((block * rows + row) * inner, block * inner)
        for i in 0..<inner { result[to + i] += Double(values[from + i]) * u[row] }
      }
    }
    return result
  }

  /// v/max(‖v‖, ε).
  private func unit(_ v: [Double]) -> [Double] {
    let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return v.map { $0 / max(norm, epsilon) }
  }
}
