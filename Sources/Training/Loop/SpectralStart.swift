import Compilation
import Execution
import Modules
import Random
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
    let stream = RandomStream(seed: compiled.module.seed, name: "init/\(pair.drawnAs)")
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
/// the threads of the run, and whatever vectors the processor has.
private struct SpectralStart<Element: BinaryFloatingPoint & SIMDScalar> {
  /// How many elements are added at once.
  private typealias Lanes = SIMD8<Double>

  /// Row r of the matrix is, for every o below `outer`, the `inner` elements from (o·rows + r)·inner on.
  private let values: UnsafeBufferPointer<Element>
  private let outer: Int
  private let rows: Int
  private let inner: Int

  private let epsilon: Double

  /// Takes the axis of outputs of a weight of this shape for the rows.
  init(_ values: UnsafeMutableBufferPointer<Element>, _ shape: Shape, _ pair: SingularPair) {
    let axis = pair.axis
    self.values = UnsafeBufferPointer(values)
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
    if inner == 1 { return sumOfRows(v, of: rows) }
    return (0..<rows).map { row in
      (0..<outer).reduce(0) { sum, block in
        sum + dot((block * rows + row) * inner, v[(block * inner)...], inner)
      }
    }
  }

  /// Wᵀu.
  private func transposedProduct(_ u: [Double]) -> [Double] {
    if inner == 1 { return (0..<outer).map { dot($0 * rows, u[...], rows) } }
    return (0..<outer).flatMap { sumOfRows(u, of: inner, from: $0 * rows * inner) }
  }

  /// The inner product of `count` values from `start` on with the first of `other`.
  private func dot(_ start: Int, _ other: ArraySlice<Double>, _ count: Int) -> Double {
    other.withUnsafeBufferPointer { other in
      var lanes = Lanes()
      let whole = count - count % Lanes.scalarCount
      for i in stride(from: 0, to: whole, by: Lanes.scalarCount) {
        lanes += Self.load(values, start + i) * Self.load(other, i)
      }
      return (whole..<count).reduce(lanes.sum()) { $0 + Double(values[start + $1]) * other[$1] }
    }
  }

  /// The sum of `factors` times rows of `count` values, which follow on each other from `start` on.
  private func sumOfRows(_ factors: [Double], of count: Int, from start: Int = 0) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    result.withUnsafeMutableBufferPointer { result in
      let whole = count - count % Lanes.scalarCount
      for (row, factor) in factors.enumerated() {
        let start = start + row * count
        for i in stride(from: 0, to: whole, by: Lanes.scalarCount) {
          let sum =
            Self.load(UnsafeBufferPointer(result), i) + Self.load(values, start + i) * factor
          UnsafeMutableRawBufferPointer(result).storeBytes(
            of: sum, toByteOffset: i * MemoryLayout<Double>.stride, as: Lanes.self)
        }
        for i in whole..<count { result[i] += Double(values[start + i]) * factor }
      }
    }
    return result
  }

  private static func load<Scalar: BinaryFloatingPoint & SIMDScalar>(
    _ values: UnsafeBufferPointer<Scalar>, _ index: Int
  ) -> Lanes {
    Lanes(
      UnsafeRawBufferPointer(values).loadUnaligned(
        fromByteOffset: index * MemoryLayout<Scalar>.stride, as: SIMD8<Scalar>.self))
  }

  /// v/max(‖v‖, ε).
  private func unit(_ v: [Double]) -> [Double] {
    let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return v.map { $0 / max(norm, epsilon) }
  }
}
