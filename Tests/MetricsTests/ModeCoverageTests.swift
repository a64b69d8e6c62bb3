import Metrics
import Testing

@Suite struct ModeCoverageTests {
  private let measure = ModeCoverage(
    centres: [SIMD2(0, 0), SIMD2(10, 0), SIMD2(0, 10)], deviation: 0.5)

  @Test func pointsWithinThreeDeviationsAreOfHighQuality() {
    let score = measure.score([0, 1.49, 0, 1.51, 10, 0, 5, 5])
    #expect(score.highQuality == 0.5)
    #expect(score.covered == 2)
    #expect(score.modes == 3)
  }

  @Test func aModeNeedsOnePointInAHundred() {
    // 1 of 200 points at the second centre is too few, 2 are enough.
    var points = [Float](repeating: 0, count: 400)
    points[0] = 10
    #expect(measure.score(points).covered == 1)
    points[2] = 10
    #expect(measure.score(points).covered == 2)
  }

  @Test func pointsThatAreNotFiniteAreOfLowQuality() {
    let score = measure.score([.nan, 0, .infinity, 0, 0, 0, 0, 0])
    #expect(score.highQuality == 0.5)
  }

  @Test func noPointsCoverNothing() {
    let score = measure.score([])
    #expect(score.highQuality == 0)
    #expect(score.covered == 0)
  }
}
