import Testing

@testable import Metrics

@Suite struct DiversityTests {
  /// A square of side 1 beside one of side 2: the mean of four sides and two diagonals doubles.
  @Test func distancesAreThoseOfTheReals() throws {
    let square: [Double] = [0, 0, 0, 1, 1, 0, 1, 1]
    let workers = try Workers(threads: 2)
    let diversity = Diversity(
      reals: Matrix(columns: 2, square.map { 2 * $0 }), generated: Matrix(columns: 2, square),
      tolerance: 0.1, workers)
    #expect(abs(diversity.ratio - 0.5) < 1e-12)
    #expect(diversity.repeats == 0)
  }

  /// The next real is 1 away: what is within 0.1 of another sample repeats it.
  @Test func repeatsAreNearForTheReals() throws {
    let workers = try Workers(threads: 1)
    let diversity = Diversity(
      reals: Matrix(columns: 1, [0, 1, 2, 3, 4]),
      generated: Matrix(columns: 1, [0, 0.05, 1, 1.2, 9]),
      tolerance: 0.1, workers)
    #expect(diversity.repeats == 0.4)
    // Σ |i − j| of 0...4 is 40; of 0, .05, 1, 1.2, 9 it is 2(.05 + 1 + 1.2 + 9 + .95 + 1.15 + 8.95 + .2 + 8 + 7.8).
    #expect(abs(diversity.ratio - 76.6 / 40) < 1e-12)
  }

  @Test func oneSampleAgainAndAgainIsNothing() throws {
    let workers = try Workers(threads: 1)
    let same = Matrix(columns: 1, [Double](repeating: 3, count: 5))
    let reals = Matrix(columns: 1, [0, 1, 2, 3, 4])
    let diversity = Diversity(reals: reals, generated: same, tolerance: 0.1, workers)
    #expect(diversity.ratio == 0 && diversity.repeats == 1)
    let best = Diversity(reals: reals, generated: reals, tolerance: 0.1, workers)
    #expect(best.ratio == 1 && best.repeats == 0)
  }
}

/// Steps of paths.
@Suite struct PathLengthTests {
  @Test func lengthsAreSquaredAndDivided() {
    let a = Matrix(columns: 2, [0, 0, 1, 1])
    let b = Matrix(columns: 2, [3, 4, 1, 1])
    #expect(PathLength.lengths(a, b, step: 0.5) == [100, 0])
  }

  /// `lo = np.percentile(d, 1, method="lower")`, `hi = np.percentile(d, 99, method="higher")`, the mean and the median of
  /// `d[(lo <= d) & (d <= hi)]`, of d = [k²·7 mod 1009 for k in range(n)].
  @Test(arguments: [
    (1, 0.0, 0.0), (2, 3.5, 3.5), (100, 473.71, 451.0), (101, 472.14141414141415, 448.0),
    (250, 511.1666666666667, 505.0), (1000, 507.089521871821, 506.0),
    (1003, 505.9136178861789, 505.5),
  ])
  func theTailsAreLeftOut(count: Int, mean: Double, median: Double) {
    let found = PathLength.summary(of: (0..<count).map { Double($0 * $0 * 7 % 1009) })
    #expect(abs(found.mean - mean) < 1e-9 && found.median == median)
  }

  @Test func whatIsNotFiniteShows() {
    #expect(PathLength.summary(of: [1, .infinity, 2]).mean.isNaN)
    #expect(PathLength.summary(of: []).mean.isNaN)
  }
}
