import Testing

@testable import Report

/// Probabilities beside those of scipy.stats.permutation_test(permutation_type='samples', n_resamples=inf).
@Suite struct SignFlipTests {
  private static let published: [([Double], Double)] = [
    ([0.5, -0.1, 0.3, 0.2, 0.4], 0.125), ([1, 1, 1, 1, 1], 0.0625),
    ([-2.5, 1.5, -3, -0.25], 0.375), ([1, -1, 2, -2], 1), ([0.3, 0.1, 0.2, -0.3], 0.75),
    ([7], 1), ([0, 0], 1),
    (
      [0.11, 0.52, -0.07, 0.9, 0.31, -0.2, 0.44, 0.6, 0.15, -0.33, 0.28, 0.05, 0.7], 0.023193359375
    ),
  ]

  @Test(arguments: published)
  func isSciPys(differences: [Double], expected: Double) {
    #expect(SignFlipTest.probability(differences) == expected)
    #expect(SignFlipTest.probability(differences.map { -$0 }) == expected)
  }

  /// All of one sign: only two of the 2^n choices reach the sum.
  @Test(arguments: [2, 5, 24, 30]) func leastIsWhatPairsCanGive(pairs: Int) {
    let differences = (0..<pairs).map { 1 + Double($0) / 7 }
    #expect(SignFlipTest.probability(differences) == SignFlipTest.least(pairs: pairs))
  }
}
