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
