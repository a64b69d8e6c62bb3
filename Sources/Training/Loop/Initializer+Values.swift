import Lowering
import Random

extension Initializer {
  /// `true` iff every value is 0.
  var isZero: Bool {
    switch self {
    case .constant(let value): value == 0
    case .copy(_, let initial): initial.isZero
    case .uniform, .normal, .unitNormal: false
    }
  }

  /// The first values of a variable of `count` elements called `name`.
  func values(count: Int, name: String, seed: UInt64) -> [Double] {
    let stream = RandomStream(seed: seed, name: "init/\(name)")
    var values = [Float](repeating: 0, count: count)
    switch self {
    case .copy(let name, let initial): return initial.values(count: count, name: name, seed: seed)
    case .constant(let value): return [Double](repeating: value, count: count)
    case .uniform(let bound):
      values.withUnsafeMutableBufferPointer {
        stream.fillUniform($0, low: Float(-bound), high: Float(bound), step: 0)
      }
    case .normal(let deviation):
      values.withUnsafeMutableBufferPointer {
        stream.fillNormal($0, deviation: Float(deviation), step: 0)
      }
    case .unitNormal:
      values.withUnsafeMutableBufferPointer { stream.fillNormal($0, step: 0) }
      let doubles = values.map { Double($0) }
      let norm = doubles.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return doubles.map { $0 / max(norm, 1e-12) }
    }
    return values.map { Double($0) }
  }
}
