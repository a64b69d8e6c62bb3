import Glibc
import Random

/// The Wasserstein distance of projections onto lines (Rabin and others 2012; Bonneel and others 2015).
public struct SlicedWasserstein: Hashable, Sendable {
  /// Of each direction W_p^p, the mean p-th power of the distance that mass moves.
  public let powers: [Double]
  public let order: Double

  /// Compares rows along `directions`, which are unit vectors.
  public init(
    _ x: Matrix, _ y: Matrix, directions: Matrix, order: Double = 2, _ workers: Workers
  ) {
    self.order = order
    powers = workers.map(directions.rows) { index in
      let direction = directions.rows(index..<index + 1)
      let a = LinearAlgebra.product(x, transposed: direction).values.sorted()
      let b = LinearAlgebra.product(y, transposed: direction).values.sorted()
      return Self.power(a, b, order: order)
    }
  }

  /// The p-th root of the mean over directions.
  public var distance: Double { pow(powers.reduce(0, +) / Double(powers.count), 1 / order) }

  /// The distance along the worst of the directions.
  public var largest: Double { pow(powers.max() ?? .nan, 1 / order) }

  /// `count` directions, uniform on the sphere, that a seed alone decides.
  public static func directions(_ count: Int, dimension: Int, seed: UInt64) -> Matrix {
    let stream = RandomStream(seed: seed, name: "sliced_wasserstein")
    var values = [Float](repeating: 0, count: count * dimension)
    values.withUnsafeMutableBufferPointer { stream.fillNormal($0, step: 0) }
    return Matrix(columns: dimension, floats: values).withUnitRows
  }

  /// W_p^p of two sorted samples of any counts: ∫|F⁻¹(t) − G⁻¹(t)|^p dt, in steps where either quantile jumps.
  static func power(_ a: [Double], _ b: [Double], order: Double) -> Double {
    guard !a.isEmpty, !b.isEmpty else { return .nan }
    let (n, m) = (a.count, b.count)
    var (i, j, sum, past) = (0, 0, 0.0, 0)
    // In units of 1/nm, so that steps are whole numbers.
    while i < n, j < m {
      let next = min((i + 1) * m, (j + 1) * n)
      let gap = abs(a[i] - b[j])
      let cost = order == 1 ? gap : order == 2 ? gap * gap : pow(gap, order)
      sum += Double(next - past) * cost
      past = next
      if next == (i + 1) * m { i += 1 }
      if next == (j + 1) * n { j += 1 }
    }
    return sum / (Double(n) * Double(m))
  }
}
