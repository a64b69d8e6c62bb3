/// How different generated samples are from each other, beside reals: what tells a collapse from one look.
public struct Diversity: Hashable, Sendable {
  /// The mean distance of two generated samples divided by that of two reals: about 1 at best, 0 of one sample.
  public let ratio: Double
  /// Share of the generated samples of which another is nearly the same: nearer than `tolerance` times the median
  /// distance of a real to the next one.
  public let repeats: Double

  /// Looks at as many rows of both.
  public init(reals: Matrix, generated: Matrix, tolerance: Double, _ workers: Workers) {
    let count = min(reals.rows, generated.rows)
    let (reals, generated) = (reals.rows(0..<count), generated.rows(0..<count))
    ratio = Self.meanDistance(generated, workers) / Self.meanDistance(reals, workers)
    let gaps = NearestNeighbours.squaredRadii(of: reals, 1, workers).sorted()
    let limit = gaps.isEmpty ? 0 : tolerance * tolerance * gaps[count / 2]
    let nearest = NearestNeighbours.squaredRadii(of: generated, 1, workers)
    repeats = Double(nearest.count { $0 <= limit }) / Double(max(1, count))
  }

  /// The mean distance of two different rows.
  private static func meanDistance(_ rows: Matrix, _ workers: Workers) -> Double {
    let sum = Pairs(.squaredDistance, rows, rows).sum(workers, skipsDiagonal: true) {
      max(0, $0).squareRoot()
    }
    return sum / (Double(rows.rows) * Double(rows.rows - 1))
  }
}
