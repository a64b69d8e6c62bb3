import Execution
import Modules
import Random
import TensorIR
import Threads

extension Initializer {
  /// `true` iff every value is 0.
  var isZero: Bool {
    switch self {
    case .constant(let value): value == 0
    case .copy(_, let initial): initial.isZero
    case .uniform, .normal, .orthogonal, .norms, .singularVector: false
    }
  }

  /// Writes the first values of the variable called `name`: draws are single precision in both engines.
  ///
  /// What depends on other variables, a singular vector, is left to `Trainer.startVectors`.
  package func write(_ values: StateValues, name: String, seed: UInt64) {
    let stream = RandomStream(seed: seed, name: "init/\(name)")
    switch self {
    case .copy(let name, let initial): initial.write(values, name: name, seed: seed)
    case .constant(let value): values.fill(value)
    case .uniform(let bound):
      values.draw {
        stream.fillUniform($0, low: Float(-bound), high: Float(bound), step: 0, offset: $1)
      }
    case .normal(let mean, let deviation):
      values.draw {
        stream.fillNormal(
          $0, mean: Float(mean), deviation: Float(deviation), step: 0, offset: $1)
      }
    case .orthogonal(let rows, let gain):
      values.fill(orthogonal(stream, rows, values.count).map { gain * $0 })
    case .norms(let norms): values.fill(norms.values(seed: seed, like: values))
    case .singularVector: break
    }
  }

  private func orthogonal(_ stream: RandomStream, _ rows: Int, _ count: Int) -> [Double] {
    var normal = [Float](repeating: 0, count: count)
    normal.withUnsafeMutableBufferPointer { stream.fillNormal($0, step: 0) }
    return OrthogonalStart(normal: normal, rows: rows, columns: count / rows).values()
  }
}

extension FirstNorms {
  /// The norms, of the variable in the precision of `other`.
  fileprivate func values(seed: UInt64, like other: StateValues) -> [Double] {
    let count = shape.reduce(1, *)
    switch other {
    case .float32:
      return withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { values in
        initial.write(.float32(values), name: variable, seed: seed)
        return norms(of: values)
      }
    case .float64:
      return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { values in
        initial.write(.float64(values), name: variable, seed: seed)
        return norms(of: values)
      }
    }
  }

  private func norms<Element: BinaryFloatingPoint>(
    of values: UnsafeMutableBufferPointer<Element>
  ) -> [Double] {
    let inner = shape[(axis + 1)...].reduce(1, *)
    var squares = [Double](repeating: 0, count: shape[axis])
    for (index, value) in values.enumerated() {
      squares[index / inner % shape[axis]] += Double(value) * Double(value)
    }
    return squares.map { $0.squareRoot() }
  }
}

extension StateValues {
  fileprivate func fill(_ value: Double) {
    switch self {
    case .float32(let values): values.update(repeating: Float(value))
    case .float64(let values): values.update(repeating: value)
    }
  }

  /// The elements, of as many as there are.
  fileprivate func fill(_ elements: [Double]) {
    switch self {
    case .float32(let values):
      for (i, element) in elements.enumerated() { values[i] = Float(element) }
    case .float64(let values): for (i, element) in elements.enumerated() { values[i] = element }
    }
  }

  fileprivate var count: Int {
    switch self {
    case .float32(let values): values.count
    case .float64(let values): values.count
    }
  }

  /// Draws every value; `fill` writes those from an offset on.
  fileprivate func draw(_ fill: @Sendable (UnsafeMutableBufferPointer<Float>, Int) -> Void) {
    switch self {
    case .float32(let values): Self.draw(values, fill)
    case .float64(let values):
      withUnsafeTemporaryAllocation(of: Float.self, capacity: values.count) { drawn in
        Self.draw(drawn, fill)
        for (index, value) in drawn.enumerated() { values[index] = Double(value) }
      }
    }
  }

  /// In pieces on all cores: a number is a function of its place, whoever draws it.
  private static func draw(
    _ values: UnsafeMutableBufferPointer<Float>,
    _ fill: @Sendable (UnsafeMutableBufferPointer<Float>, Int) -> Void
  ) {
    let size = 1 << 16
    nonisolated(unsafe) let values = values
    performConcurrently((values.count + size - 1) / size) { piece in
      let start = piece * size
      let end = min(values.count, start + size)
      fill(UnsafeMutableBufferPointer(rebasing: values[start..<end]), start)
    }
  }
}
