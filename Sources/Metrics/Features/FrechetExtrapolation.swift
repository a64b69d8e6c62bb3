/// The Fréchet distance of infinitely many generated samples: FID∞ (Chong and Forsyth 2020).
///
/// The distance of n samples is, to first order, a line in 1/n, with a slope of the generator's own. The line through
/// distances of several numbers of samples meets 1/n = 0 at the value that generators can be compared by.
public struct FrechetExtrapolation: Hashable, Sendable {
  /// The distance at 1/n = 0, which chance moves further than the distance of all samples.
  public var intercept: Double
  /// How fast the distance grows with 1/n.
  public var slope: Double

  /// The line through `distances` of `counts` samples, by least squares.
  public init(counts: [Int], distances: [Double]) {
    let x = counts.map { 1 / Double($0) }
    let n = Double(x.count)
    let (mx, my) = (x.reduce(0, +) / n, distances.reduce(0, +) / n)
    let xx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
    let xy = zip(x, distances).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
    slope = xx > 0 ? xy / xx : .nan
    intercept = my - slope * mx
  }

  /// The line through the distances of the first samples, in `sizes` equal steps from `least` to all of them.
  ///
  /// Rows must be in no order; generated ones are in none.
  public init(
    reals: FeatureStatistics, generated: Matrix, least: Int, sizes: Int = 15, _ workers: Workers
  ) {
    let counts = Self.counts(from: least, to: generated.rows, sizes: sizes)
    var growing = FeatureStatistics(dimension: generated.columns)
    var prefixes: [Moments] = []
    for count in counts {
      growing.add(generated.rows(growing.count..<count), workers)
      prefixes.append(growing.moments)
    }
    let (real, parts) = (reals.moments, prefixes)
    let distances = workers.map(parts.count) { FrechetDistance.distance(real, parts[$0]) }
    self.init(counts: counts, distances: distances)
  }

  /// `sizes` numbers from `least` to `most`, in equal steps.
  static func counts(from least: Int, to most: Int, sizes: Int) -> [Int] {
    guard sizes > 1, least < most else { return [most] }
    return (0..<sizes).map { least + $0 * (most - least) / (sizes - 1) }
  }
}
