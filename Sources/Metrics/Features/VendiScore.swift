import Glibc

/// The effective number of different samples: Vendi score (Friedman and Dieng 2022; orders q, Pasarkar and Dieng 2023).
///
/// The exponential of the entropy of the eigenvalues of K/n, where K holds the cosines of all pairs of rows: 1 where all
/// are alike, n where all are orthogonal.
public enum VendiScore {
  /// The score of the rows, whose lengths do not matter; not a number of none or where a row is 0.
  ///
  /// Of `order` 1 the entropy is Shannon's, else Rényi's: 0 counts ranks, a large order sees the commonest kind only.
  public static func score(
    of rows: Matrix, order: Double = 1, _ workers: Workers
  ) -> Double {
    let unit = rows.withUnitRows
    guard rows.rows > 0, unit.squaredNorms.allSatisfy({ $0 > 0.5 }) else { return .nan }
    let blocks = (0..<unit.rows).pieces(of: max(256, 2 * unit.columns))
    let triangles = workers.map(blocks.count) { LinearAlgebra.triangle(of: unit.rows(blocks[$0])) }
    // Squared singular values of the rows, without any product of rows.
    let factor = triangles.reduce(Matrix(rows: 0, columns: unit.columns, [])) { both, next in
      LinearAlgebra.triangle(of: Matrix(columns: both.columns, both.values + next.values))
    }
    let eigenvalues = LinearAlgebra.singularValues(of: factor).map { $0 * $0 / Double(rows.rows) }
    return score(eigenvalues: eigenvalues, order: order)
  }

  private static func score(eigenvalues: [Double], order q: Double) -> Double {
    // What rounding leaves of a zero singular value counts as one; NaN is kept.
    let rounding = Double(eigenvalues.count) * .ulpOfOne
    let least = (eigenvalues.max() ?? 0) * rounding * rounding
    let positive = eigenvalues.filter { !($0 <= least) }
    guard q != 1 else { return exp(positive.reduce(0) { $0 - $1 * log($1) }) }
    // High powers vanish, but not all of those of shares of the largest; logarithms take it in again.
    let largest = positive.max() ?? .nan
    let sum = positive.reduce(0) { $0 + pow($1 / largest, q) }
    return exp((q * log(largest) + log(sum)) / (1 - q))
  }
}
