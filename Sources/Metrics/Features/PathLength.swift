/// How far samples move on short steps along a path: perceptual path length (Karras and others 2019, section 4.1).
public enum PathLength {
  /// ‖a − b‖²/ε² of rows a of the one and b of the other matrix, samples `step` ε apart on their paths.
  public static func lengths(_ a: Matrix, _ b: Matrix, step: Double) -> [Double] {
    precondition(a.rows == b.rows && a.columns == b.columns, "each sample has a neighbour")
    return (0..<a.rows).map { row in
      (0..<a.columns).reduce(0) { sum, column in
        let difference = a[row, column] - b[row, column]
        return sum + difference * difference
      } / (step * step)
    }
  }

  /// The mean and the median of those from the percentile 1, rounded down to a length that is there, to 99, rounded up, as
  /// in the authors' code; not numbers where a length is none.
  public static func summary(of lengths: [Double]) -> (mean: Double, median: Double) {
    guard !lengths.isEmpty, lengths.allSatisfy(\.isFinite) else { return (.nan, .nan) }
    let sorted = lengths.sorted()
    let last = sorted.count - 1
    let kept = sorted.filter {
      $0 >= sorted[last / 100] && $0 <= sorted[(99 * last + 99) / 100]
    }
    let middle = (kept[(kept.count - 1) / 2] + kept[kept.count / 2]) / 2
    return (kept.reduce(0, +) / Double(kept.count), middle)
  }
}
