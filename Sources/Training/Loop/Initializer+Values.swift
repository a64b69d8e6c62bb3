import Execution
import Lowering
import Random
import TensorIR

extension Initializer {
  /// `true` iff every value is 0.
  var isZero: Bool {
    switch self {
    case .constant(let value): value == 0
    case .copy(_, let initial): initial.isZero
    case .uniform, .normal, .singularVector: false
    }
  }

  /// Writes the first values of the variable called `name`: draws are single precision in both engines.
  ///
  /// What depends on other variables, a singular vector, is left to `Trainer.startVectors`.
  func write(_ values: StateValues, name: String, seed: UInt64) {
    let stream = RandomStream(seed: seed, name: "init/\(name)")
    switch self {
    case .copy(let name, let initial): initial.write(values, name: name, seed: seed)
    case .constant(let value): values.fill(value)
    case .uniform(let bound):
      values.draw {
        stream.fillUniform($0, low: Float(-bound), high: Float(bound), step: 0, offset: $1)
      }
    case .normal(let deviation):
      values.draw { stream.fillNormal($0, deviation: Float(deviation), step: 0, offset: $1) }
    case .singularVector: break
    }
  }
}

extension StateValues {
  fileprivate func fill(_ value: Double) {
    switch self {
    case .float32(let values): values.update(repeating: Float(value))
    case .float64(let values): values.update(repeating: value)
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
