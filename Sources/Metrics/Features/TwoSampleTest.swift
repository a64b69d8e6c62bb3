import Glibc

/// The accuracy of a one-nearest-neighbour classifier that tells reals from generated samples, leaving each out in turn
/// (Lopez-Paz and Oquab 2017; Xu and others 2018).
///
/// ½ is ideal. Generated samples that lie apart give more, copies of reals less.
public struct TwoSampleTest: Hashable, Sendable {
  /// Share of the reals whose nearest neighbour is real; low where reals are copied.
  public var realAccuracy: Double
  /// Share of the generated samples whose nearest neighbour is generated; high where they are collapsed.
  public var generatedAccuracy: Double
  /// Share of all that the classifier gets right.
  public var accuracy: Double
  /// How many standard errors the accuracy is above ½.
  public var deviations: Double

  /// Compares as many of the first reals as there are generated samples, and the other way round.
  public init(reals: Matrix, generated: Matrix, _ workers: Workers) {
    let count = min(reals.rows, generated.rows)
    let all = Matrix(
      columns: reals.columns, reals.rows(0..<count).values + generated.rows(0..<count).values)
    var search = NearestNeighbours(of: all, limit: 1)
    search.add(all, skipsSelf: true, workers)
    let nearest = search.neighbours.map { $0.first?.index ?? 0 }
    realAccuracy = Double(nearest[..<count].count { $0 < count }) / Double(count)
    generatedAccuracy = Double(nearest[count...].count { $0 >= count }) / Double(count)
    accuracy = (realAccuracy + generatedAccuracy) / 2
    deviations = (accuracy - 0.5) * 2 * Double(2 * count).squareRoot()
  }
}
