/// The squared maximum mean discrepancy with a cubic kernel: KID (Bińkowski and others 2018), of whatever features.
///
/// k(x, y) = (x·y/d + 1)³. The unbiased estimate, which may be negative where the two are alike.
public enum KernelDistance {
  /// The estimate of all rows; not a number of fewer than two.
  public static func distance(_ x: Matrix, _ y: Matrix, _ workers: Workers) -> Double {
    let dimension = Double(x.columns)
    return maximumMeanDiscrepancy(.innerProduct, x, y, workers) { product in
      let root = product / dimension + 1
      return root * root * root
    }
  }

  /// The estimates of disjoint blocks of `size` rows of both; what is left at the end of either stays out.
  ///
  /// Estimates of subsets that overlap, as other libraries make them, agree more than chance would let them: their spread
  /// is no error of the mean. That of disjoint blocks is.
  public static func blocks(
    _ x: Matrix, _ y: Matrix, size: Int, _ workers: Workers
  ) -> [Double] {
    guard size > 1 else { return [] }
    return (0..<min(x.rows, y.rows) / size).map { block in
      let rows = block * size..<(block + 1) * size
      return distance(x.rows(rows), y.rows(rows), workers)
    }
  }

  /// Mean, spread and interval over disjoint blocks.
  public static func summary(
    _ x: Matrix, _ y: Matrix, blockSize: Int, _ workers: Workers
  ) -> Summary {
    Summary(blocks(x, y, size: blockSize, workers))
  }
}

/// The unbiased estimate Σk(xᵢ, xⱼ)/n(n − 1) + Σk(yᵢ, yⱼ)/m(m − 1) − 2 Σk(xᵢ, yⱼ)/nm, with i ≠ j in the first two.
func maximumMeanDiscrepancy(
  _ kind: Pairs.Kind, _ x: Matrix, _ y: Matrix, _ workers: Workers,
  kernel: @Sendable (Double) -> Double
) -> Double {
  func own(_ rows: Matrix) -> Double {
    let pairs = Double(rows.rows) * Double(rows.rows - 1)
    return Pairs(kind, rows, rows).sum(workers, skipsDiagonal: true, kernel) / pairs
  }
  guard x.rows > 1, y.rows > 1 else { return .nan }
  let across = Pairs(kind, x, y).sum(workers, kernel) / (Double(x.rows) * Double(y.rows))
  return own(x) + own(y) - 2 * across
}
