import Testing

@testable import Metrics

/// Figures are the same bits for any number of threads.
@Suite struct ThreadTests {
  private func figures(_ workers: Workers) -> [Double] {
    let (x, y) = (RecordedArrays.x, RecordedArrays.y)
    let reals = FeatureStatistics(x, workers)
    let estimate = FrechetEstimate(
      reals: reals, generated: GroupedStatistics(y, workers), workers)
    let overlap = ManifoldOverlap(reals: x, generated: y, neighbours: 5, workers)
    let directions = SlicedWasserstein.directions(50, dimension: 40, seed: 1)
    let plane = (Matrix(columns: 2, x.values), Matrix(columns: 2, y.values))
    let mixture = GaussianMixture(centres: [SIMD2(0, 0), SIMD2(1, 1)], deviation: 1)
    return [
      estimate.value, estimate.floor, estimate.spread, estimate.unbiased,
      FrechetExtrapolation(reals: reals, generated: y, least: 100, workers).intercept,
      KernelDistance.distance(x, y, workers), EnergyDistance.distance(x, y, workers),
      RBFDiscrepancy.distance(x, y, sigma: 3, workers), VendiScore.score(of: x, workers),
      SlicedWasserstein(x, y, directions: directions, workers).distance,
      overlap.precision, overlap.recall, overlap.density, overlap.coverage,
      TwoSampleTest(reals: x, generated: y, workers).accuracy,
      Copies(training: x, generated: y, workers).medianDistance,
      DensityDivergence(plane.0.rows(0..<2000), mixture, workers).value,
      ExactWasserstein.distance(x.rows(0..<100), y.rows(0..<100), order: 2, workers),
      StructuralSimilarity.diversity(
        of: Matrix(columns: 400, y.values), shape: [1, 20, 20], range: 4, workers
      ).mean,
    ]
  }

  @Test(arguments: [2, 3, 5]) func theNumberOfThreadsDoesNotShow(threads: Int) throws {
    let alone = figures(try Workers(threads: 1))
    let together = figures(try Workers(threads: threads))
    #expect(alone.map(\.bitPattern) == together.map(\.bitPattern))
    #expect(alone.allSatisfy { $0.isFinite })
  }

  @Test func resultsComeInOrder() throws {
    let workers = try Workers(threads: 3)
    #expect(workers.map(1000) { $0 * $0 } == (0..<1000).map { $0 * $0 })
    #expect(workers.map(0) { $0 }.isEmpty)
  }
}
