import Random
import Testing

@testable import Metrics

@Suite struct FrechetTests {
  let workers: Workers
  let published: Vectors
  let recorded: Vectors

  init() throws {
    workers = try Workers(threads: 2)
    published = try Vectors("published")
    recorded = try Vectors("recorded")
  }

  private func distance(_ a: Matrix, _ b: Matrix) -> Double {
    FrechetDistance.distance(FeatureStatistics(a, workers), FeatureStatistics(b, workers))
  }

  @Test func publishedCases() throws {
    let (a, b) = (PublishedArrays.a, PublishedArrays.b)
    let few = (a.rows(0..<6), b.rows(0..<5))
    agree(distance(a, b), try published["fid", "cases", "0", "the same by QR factors"])
    agree(
      distance(few.0, few.1), try published["fid", "cases", "1", "the same by QR factors"])
    agree(distance(a, b), try published["fid", "cases", "0", "torch_fidelity"])
    // Others take roots of few rows' covariances, and are 1e-8 off.
    agree(distance(few.0, few.1), try published["fid", "cases", "1", "torch_fidelity"], 1e-7)
  }

  /// Statistics of 1,000 rows of this covariance, two by two, by its Cholesky factor.
  private func statistics(_ mean: [Double], _ covariance: [Double]) -> FeatureStatistics {
    let first = covariance[0].squareRoot()
    let between = first > 0 ? covariance[1] / first : 0
    let second = max(0, covariance[3] - between * between).squareRoot()
    let factor = [first, between, 0, second].map { $0 * 999.0.squareRoot() }
    return FeatureStatistics(count: 1000, mean: mean, factor: Matrix(columns: 2, factor))
  }

  @Test func closedForms() throws {
    let cases: [(FeatureStatistics, FeatureStatistics)] = [
      (statistics([0, 0], [1, 0, 0, 4]), statistics([1, 2], [9, 0, 0, 16])),
      (statistics([0, 0], [2, 1, 1, 2]), statistics([0, 0], [3, -1, -1, 1])),
      (statistics([1, 2], [2, 1, 1, 2]), statistics([1, 2], [2, 1, 1, 2])),
      (statistics([0, 0], [2, 1, 1, 2]), statistics([0, 0], [0, 0, 0, 0])),
    ]
    for (index, pair) in cases.enumerated() {
      agree(
        FrechetDistance.distance(pair.0, pair.1),
        try published["fid", "closed_forms", "\(index)", "fid"])
    }
  }

  @Test func manyRowsInPortions() throws {
    let (x, y) = (RecordedArrays.x, RecordedArrays.y)
    agree(distance(x, y), try recorded["large", "fid"])
    agree(distance(x, y), try recorded["large", "clean_fid"], 1e-9)
    agree(distance(x.rows(0..<30), y.rows(0..<20)), try recorded["large", "fid of few rows"])
    var portions = FeatureStatistics(dimension: 40)
    for rows in (0..<700).pieces(of: 37) { portions.add(x.rows(rows), workers) }
    let whole = FeatureStatistics(x, workers)
    #expect(portions.count == 700)
    #expect(portions.moments.factor == whole.moments.factor, "portions must not show")
    #expect(portions.moments.mean == whole.moments.mean)
  }

  @Test func aSetIsNoDistanceFromItself() {
    let x = RecordedArrays.x
    #expect(distance(x, x) <= 1e-12 * FeatureStatistics(x, workers).moments.scatter / 699)
  }

  @Test func whatIsNotFiniteIsNoDistance() {
    var x = PublishedArrays.a
    x[3, 3] = .infinity
    #expect(distance(x, PublishedArrays.b).isNaN)
    #expect(distance(PublishedArrays.a.rows(0..<1), PublishedArrays.b).isNaN)
  }

  @Test func floors() throws {
    let falling = (0..<24).map { index in (0..<index).reduce(5.0) { value, _ in value * 0.7 } }
    agree(
      FrechetDistance.floor(spectrum: falling, count: 400, otherCount: 300),
      try published["fid_floor", "l_i = 5*0.7^i, i=0..23, n=400, m=300"])
    agree(
      FrechetDistance.floor(
        spectrum: [Double](repeating: 1, count: 16), count: 500, otherCount: 500),
      try published["fid_floor", "l = 1, d=16, n=m=500"])
  }

  @Test func extrapolations() throws {
    let fit = FrechetExtrapolation(
      counts: try published.numbers("fid_infinity", "n").map { Int($0) },
      distances: try published.numbers("fid_infinity", "fid"))
    agree(fit.intercept, try published["fid_infinity", "least squares in 1/n: intercept"])
    agree(fit.slope, try published["fid_infinity", "slope"])
    #expect(FrechetExtrapolation.counts(from: 5, to: 10, sizes: 3) == [5, 7, 10])
    let x = FeatureStatistics(RecordedArrays.x, workers)
    let whole = FrechetExtrapolation(
      reals: x, generated: RecordedArrays.y, least: 200, sizes: 5, workers)
    let counts = [200, 300, 400, 500, 600]
    let apart = counts.map { count in
      FrechetDistance.distance(
        x, FeatureStatistics(RecordedArrays.y.rows(0..<count), workers))
    }
    #expect(whole == FrechetExtrapolation(counts: counts, distances: apart))
  }
}

// MARK: - Simulation

/// Samples whose distances are known, again and again.
@Suite struct FrechetSimulationTests {
  let workers: Workers

  init() throws { workers = try Workers(threads: 2) }

  /// Normal rows with these deviations, shifted.
  private func rows(
    _ count: Int, _ deviations: [Double], shift: Double, seed: UInt64, name: String
  ) -> Matrix {
    var values = [Float](repeating: 0, count: count * deviations.count)
    let stream = RandomStream(seed: seed, name: name)
    values.withUnsafeMutableBufferPointer { stream.fillNormal($0, step: 0) }
    var rows = Matrix(columns: deviations.count, floats: values)
    for i in rows.values.indices {
      rows.values[i] = rows.values[i] * deviations[i % deviations.count] + shift
    }
    return rows
  }

  /// The floor is the mean distance of samples of one Gaussian.
  @Test func theFloorIsWhatAPerfectGeneratorGets() {
    let deviations = (0..<16).map { 1.5 - Double($0) / 16 }
    var (sum, squares, floors) = (0.0, 0.0, 0.0)
    let runs = 60
    for run in 0..<runs {
      let a = rows(500, deviations, shift: 0, seed: UInt64(run), name: "real")
      let b = rows(500, deviations, shift: 0, seed: UInt64(run), name: "generated")
      let reals = FeatureStatistics(a, workers)
      let value = FrechetDistance.distance(reals, FeatureStatistics(b, workers))
      sum += value
      squares += value * value
      floors += FrechetDistance.floor(
        spectrum: reals.moments.spectrum, count: 500, otherCount: 500)
    }
    let mean = sum / Double(runs)
    let error = ((squares / Double(runs) - mean * mean) / Double(runs)).squareRoot()
    let floor = floors / Double(runs)
    print("mean distance \(mean) ± \(error), floor \(floor)")
    #expect(abs(mean - floor) < 3 * error + 0.02 * floor)
  }

  /// 95 % intervals hold what infinitely many generated samples would give.
  @Test func intervalsHoldTheTruth() {
    let (real, fake) = ((0..<8).map { 1 + Double($0) / 8 }, (0..<8).map { 1.6 - Double($0) / 10 })
    let reals = FeatureStatistics(rows(2000, real, shift: 0, seed: 1, name: "real"), workers)
    let truth = FrechetDistance.distance(
      reals, exact(mean: 0.3, deviations: fake))
    var (held, biased, unbiased, spreads, squares) = (0, 0.0, 0.0, 0.0, 0.0)
    let runs = 200
    for run in 0..<runs {
      let samples = rows(500, fake, shift: 0.3, seed: UInt64(run), name: "generated")
      let estimate = FrechetEstimate(
        reals: reals, generated: GroupedStatistics(samples, workers), workers)
      held += estimate.interval.contains(truth) ? 1 : 0
      biased += estimate.value / Double(runs)
      unbiased += estimate.unbiased / Double(runs)
      squares += (estimate.unbiased - truth) * (estimate.unbiased - truth) / Double(runs)
      spreads += estimate.spread / Double(runs)
    }
    print(
      "truth \(truth), mean value \(biased), unbiased \(unbiased), spread \(spreads), "
        + "real spread \(squares.squareRoot()), held \(held) of \(runs)")
    // 95 % of 200 are 190 ± 3; that many standard errors and a first-order jackknife leave room.
    #expect(held >= 178)
    #expect(abs(unbiased - truth) < 0.25 * abs(biased - truth))
    #expect(abs(spreads / squares.squareRoot() - 1) < 0.2)
  }

  /// Statistics of infinitely many rows.
  private func exact(mean: Double, deviations: [Double]) -> FeatureStatistics {
    let (d, count) = (deviations.count, 1_000_000_000)
    var factor = Matrix(rows: d, columns: d, [Double](repeating: 0, count: d * d))
    for i in 0..<d { factor[i, i] = deviations[i] * Double(count - 1).squareRoot() }
    return FeatureStatistics(
      count: count, mean: [Double](repeating: mean, count: d), factor: factor)
  }
}
