import Execution
import Threads

/// A matrix with orthonormal rows, or columns where those are fewer, uniform among all such matrices.
///
/// Q of the decomposition QR of a normal matrix, by Householder's reflections, with the diagonal of R positive
/// (Mezzadri 2007), as torch.nn.init.orthogonal_ has it. Double precision and one fixed order of sums, whatever the
/// precision and the threads of the run.
struct OrthogonalStart {
  private let rows: Int
  private let columns: Int
  /// The fewer of rows and columns, one after the other: first of the normal matrix, then what reflects.
  private var vectors: [Double]
  /// Signs of R's diagonal.
  private var signs: [Double]

  private var count: Int { min(rows, columns) }
  private var length: Int { max(rows, columns) }

  /// Takes the elements of a normal matrix, row by row.
  init(normal: [Float], rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    vectors = normal.map { Double($0) }
    signs = [Double](repeating: 1, count: min(rows, columns))
    if rows > columns {
      for i in 0..<rows {
        for j in 0..<columns { vectors[j * rows + i] = Double(normal[i * columns + j]) }
      }
    }
    reflect()
  }

  /// Elements of the matrix, row by row.
  func values() -> [Double] {
    var result = [Double](repeating: 0, count: rows * columns)
    let (length, columns, isWide) = (length, columns, rows <= columns)
    result.withUnsafeMutableBufferPointer { result in
      nonisolated(unsafe) let result = result
      vectors.withUnsafeBufferPointer { mirrors in
        nonisolated(unsafe) let mirrors = mirrors
        Self.perform(count, work: length * count) { index in
          withUnsafeTemporaryAllocation(of: Double.self, capacity: length) { q in
            q.initialize(repeating: 0)
            q[index] = signs[index]
            for k in (0...index).reversed() {
              let tail = UnsafeMutableBufferPointer(rebasing: q[k...])
              Self.reflect(tail, by: .init(rebasing: mirrors[(k * length + k)..<(k + 1) * length]))
            }
            for i in 0..<length {
              result[isWide ? index * columns + i : i * columns + index] = q[i]
            }
          }
        }
      }
    }
    return result
  }

  /// Makes each vector, from its own place on, the normal of the mirror that turns what is left of it into an axis, of
  /// norm √2.
  private mutating func reflect() {
    let (count, length) = (count, length)
    vectors.withUnsafeMutableBufferPointer { vectors in
      nonisolated(unsafe) let vectors = vectors
      for k in 0..<count {
        nonisolated(unsafe) let normal = UnsafeMutableBufferPointer(
          rebasing: vectors[(k * length + k)..<(k + 1) * length])
        let norm = Self.dot(.init(normal), .init(normal)).squareRoot()
        guard norm > 0 else { continue }
        // The mirror sends the vector to the side of the axis on which it is not, and so loses no digits.
        let first = normal[0]
        signs[k] = first > 0 ? -1 : 1
        normal[0] = first > 0 ? first + norm : first - norm
        let scale = 1 / (norm * (norm + abs(first))).squareRoot()
        for i in normal.indices { normal[i] *= scale }
        Self.perform(count - k - 1, work: (count - k) * (length - k)) { j in
          let place = (k + 1 + j) * length
          let other = UnsafeMutableBufferPointer(rebasing: vectors[(place + k)..<place + length])
          Self.reflect(other, by: .init(normal))
        }
      }
    }
  }

  /// v - n(n·v).
  private static func reflect(
    _ v: UnsafeMutableBufferPointer<Double>, by n: UnsafeBufferPointer<Double>
  ) {
    let along = dot(.init(v), n)
    for i in v.indices { v[i] -= along * n[i] }
  }

  /// In four sums, which a processor computes side by side.
  private static func dot(
    _ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>
  ) -> Double {
    var sums = (0.0, 0.0, 0.0, 0.0)
    let whole = a.count / 4 * 4
    for i in stride(from: 0, to: whole, by: 4) {
      sums.0 += a[i] * b[i]
      sums.1 += a[i + 1] * b[i + 1]
      sums.2 += a[i + 2] * b[i + 2]
      sums.3 += a[i + 3] * b[i + 3]
    }
    for i in whole..<a.count { sums.0 += a[i] * b[i] }
    return (sums.0 + sums.1) + (sums.2 + sums.3)
  }

  /// On all cores where the work is worth their start.
  private static func perform(_ count: Int, work: Int, _ body: @Sendable (Int) -> Void) {
    guard work > 1 << 17 else {
      for index in 0..<count { body(index) }
      return
    }
    performConcurrently(count, body)
  }
}
