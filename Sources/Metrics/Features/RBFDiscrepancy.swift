import Glibc

/// The squared maximum mean discrepancy with a Gaussian kernel (Gretton and others 2012).
///
/// k(x, y) = exp(−‖x − y‖²/2σ²).
public enum RBFDiscrepancy {
  /// The unbiased estimate of all rows.
  public static func distance(
    _ x: Matrix, _ y: Matrix, sigma: Double, _ workers: Workers
  ) -> Double {
    let scale = -1 / (2 * sigma * sigma)
    return maximumMeanDiscrepancy(.squaredDistance, x, y, workers) { exp(scale * $0) }
  }

  /// The usual σ: the median distance of two of the rows, of at most the first 1,000; 0 where more than half are equal.
  public static func medianDistance(of rows: Matrix) -> Double {
    let rows = rows.rows(0..<min(1000, rows.rows))
    let exact = Distances(rows, rows)
    var distances: [Double] = []
    for i in 0..<rows.rows {
      for j in 0..<i { distances.append(exact.exact(i, j)) }
    }
    distances.sort()
    guard !distances.isEmpty else { return .nan }
    let middle = distances.count / 2
    return distances.count % 2 == 1
      ? distances[middle].squareRoot()
      : (distances[middle - 1].squareRoot() + distances[middle].squareRoot()) / 2
  }
}
