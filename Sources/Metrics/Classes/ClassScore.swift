import Glibc

/// The inception score (Salimans and others 2016) of whatever classifier: how sure it is of each sample, and how many
/// classes it sees.
///
/// exp(mean KL(p(y|x) ‖ p̄)), from 1 to the number of classes. Blind to the data: a picture of each class, over and over,
/// has the best score there is.
public enum ClassScore {
  /// The scores of `splits` equal parts of the rows, which are logits; in order.
  public static func scores(logits: Matrix, splits: Int) -> [Double] {
    (0..<splits).map { split in
      let (start, end) = (split * logits.rows / splits, (split + 1) * logits.rows / splits)
      return score(logits: logits.rows(start..<end))
    }
  }

  /// The score of all rows.
  static func score(logits: Matrix) -> Double {
    guard logits.rows > 0 else { return .nan }
    let logarithms = (0..<logits.rows).map { logSoftmax(logits[row: $0]) }
    var sums = [Double](repeating: 0, count: logits.columns)
    for row in logarithms {
      for (label, value) in row.enumerated() { sums[label] += exp(value) }
    }
    let rows = log(Double(logits.rows))
    var sum = 0.0
    for row in logarithms {
      // A class that a logit rules out (p = 0) adds nothing; a mean could be 0 where a probability is not.
      for (label, value) in row.enumerated() where exp(value) > 0 {
        sum += exp(value) * (value - log(sums[label]) + rows)
      }
    }
    return exp(sum / Double(logits.rows))
  }
}

/// Logarithms of the probabilities that logits mean.
func logSoftmax(_ logits: some Collection<Double>) -> [Double] {
  let largest = logits.max() ?? 0
  let total = log(logits.reduce(0) { $0 + exp($1 - largest) }) + largest
  return logits.map { $0 - total }
}

extension Matrix {
  /// The place of the largest value of each row, of the first of equal ones.
  public var largestPlaces: [Int] {
    (0..<rows).map { row in
      let values = self[row: row]
      var best = values.startIndex
      for i in values.indices where values[i] > values[best] { best = i }
      return best - values.startIndex
    }
  }
}
