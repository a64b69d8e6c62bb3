import Testing

@testable import Metrics

/// Metrics of features beside the figures of others.
@Suite struct FeatureMetricTests {
  let workers: Workers
  let published: Vectors
  let recorded: Vectors
  let x = RecordedArrays.x
  let y = RecordedArrays.y

  init() throws {
    workers = try Workers(threads: 2)
    published = try Vectors("published")
    recorded = try Vectors("recorded")
  }

  @Test func kernelDistances() throws {
    let (a, b) = (PublishedArrays.a.rows(0..<48), PublishedArrays.b)
    agree(KernelDistance.distance(a, b, workers), try published["kid", "unbiased"])
    agree(
      KernelDistance.distance(a.rows(0..<40), b, workers),
      try published["kid", "m != n: first 40 of X against Y"])
    // Below 0, as it should be: a sample is no neighbour of itself, but of its copy.
    agree(
      KernelDistance.distance(x.rows(0..<600), x.rows(0..<600), workers),
      try recorded["large", "kid of a set and itself"])
    agree(
      KernelDistance.distance(x.rows(0..<600), y, workers), try recorded["large", "kid"])
    let key = "blocks of rows 0-15, 16-31, 32-47"
    let blocks = KernelDistance.blocks(a, b, size: 16, workers)
    for (value, expected) in zip(blocks, try published.numbers("kid", key, "values")) {
      agree(value, expected)
    }
    let summary = KernelDistance.summary(a, b, blockSize: 16, workers)
    agree(summary.mean, try published["kid", key, "mean"])
    agree(summary.standardError, try published["kid", key, "std_error_of_mean"])
  }

  @Test func overlaps() throws {
    let (real, fake) = (PublishedArrays.real, PublishedArrays.fake)
    for k in [3, 5] {
      let small = ManifoldOverlap(reals: real, generated: fake, neighbours: k, workers)
      try expect(small, published, ["prdc", "prdc package, k=\(k)"])
      let large = ManifoldOverlap(reals: x, generated: y, neighbours: k, workers)
      try expect(large, recorded, ["large", "prdc", "\(k)"])
    }
  }

  private func expect(_ overlap: ManifoldOverlap, _ vectors: Vectors, _ path: [String]) throws {
    agree(overlap.precision, try vectors.number(path + ["precision"]))
    agree(overlap.recall, try vectors.number(path + ["recall"]))
    agree(overlap.density, try vectors.number(path + ["density"]))
    agree(overlap.coverage, try vectors.number(path + ["coverage"]))
  }

  @Test func duplicatesAreOnTheSurface() throws {
    let same = Matrix(columns: 3, (0..<12).flatMap { _ in [1.0, 2.0, 3.0] })
    let inside = ManifoldOverlap(reals: same, generated: same, neighbours: 3, workers)
    #expect(inside.precision == 1)
    #expect(inside.recall == 1)
    // Also where distances come from products of centred rows.
    let wide = Matrix(columns: 40, (0..<24).flatMap { x[row: $0 % 3] })
    let copied = ManifoldOverlap(reals: wide, generated: wide, neighbours: 3, workers)
    #expect(copied.precision == 1)
    #expect(copied.density == 8 / 3.0)
  }

  @Test func discrepancies() throws {
    let a = HashArrays.normal(20, 2, seed: 91)
    var b = HashArrays.normal(25, 2, seed: 92)
    for i in b.values.indices { b.values[i] += 0.5 }
    agree(RBFDiscrepancy.distance(a, b, sigma: 1, workers), try published["rbf_mmd", "unbiased"])
    agree(
      EnergyDistance.distance(a, b, workers),
      try published["rbf_mmd", "energy distance 2E|x-y|-E|x-x|-E|y-y| (all pairs)"])
    agree(
      RBFDiscrepancy.distance(x.rows(0..<600), y, sigma: 5, workers),
      try recorded["large", "rbf", "0"], 1e-11)
    agree(EnergyDistance.distance(x, y, workers), try recorded["large", "energy"], 1e-11)
    agree(RBFDiscrepancy.medianDistance(of: x), try recorded["large", "median distance"])
  }

  @Test func vendiScores() throws {
    let a = PublishedArrays.a.rows(0..<48)
    agree(VendiScore.score(of: a, workers), try published["vendi", "q=1 (vendi-score score_K)"])
    agree(VendiScore.score(of: a, order: 2, workers), try published["vendi", "q=2"])
    // The powers themselves are below the smallest number.
    let limit = try published["vendi", "q=inf"]
    #expect(abs(VendiScore.score(of: a, order: 400, workers) / limit - 1) < 0.02)
    agree(VendiScore.score(of: x, workers), try recorded["large", "vendi"])
    agree(VendiScore.score(of: x, order: 2, workers), try recorded["large", "vendi q=2"])
    let same = Matrix(columns: 3, (0..<9).flatMap { _ in [1.0, 2.0, 3.0] })
    agree(VendiScore.score(of: same, workers), 1)
    let orthonormal = Matrix(columns: 3, [0, 2, 0, 0, 0, 1, 3, 0, 0])
    agree(VendiScore.score(of: orthonormal, workers), 3)
    #expect(VendiScore.score(of: Matrix(columns: 2, [1, 0, 0, 0]), workers).isNaN)
    // Forty rows of twenty features that are mixtures of two: q = 0 counts ranks, and rounding is none.
    let mixtures = HashArrays.normal(40, 2, seed: 7)
    var plane = Matrix(rows: 40, columns: 20, [Double](repeating: 0, count: 800))
    for row in 0..<40 {
      for column in 0..<20 {
        let (first, second) = (Double(column + 1), Double(column * column) / 3)
        plane[row, column] = mixtures[row, 0] * first + mixtures[row, 1] * second
      }
    }
    agree(VendiScore.score(of: plane, order: 0, workers), 2)
  }

  @Test func slices() throws {
    let (a, b) = (PublishedArrays.real.rows(0..<30), PublishedArrays.fake)
    let directions = HashArrays.normal(5, 3, seed: 31).withUnitRows
    let first = SlicedWasserstein(a, b, directions: directions, order: 1, workers)
    agree(first.distance, try published["sliced_wasserstein", "POT p=1"])
    let each = try published.numbers("sliced_wasserstein", "W1 of each direction (scipy)")
    for (value, expected) in zip(first.powers, each) { agree(value, expected) }
    let second = SlicedWasserstein(a, b, directions: directions, workers)
    agree(
      second.distance, try published["sliced_wasserstein", "POT p=2 (root of the mean of W2^2)"])
    agree(second.largest, try published["sliced_wasserstein", "POT max, p=2"])
    agree(
      SlicedWasserstein.power([0, 1, 3], [5, 6], order: 1),
      try published["sliced_wasserstein", "1-D, unequal counts: x=(0,1,3), y=(5,6) W1"])
    let many = HashArrays.normal(64, 40, seed: 131).withUnitRows
    agree(
      SlicedWasserstein(x, y, directions: many, order: 1, workers).distance,
      try recorded["large", "sliced W1"])
    agree(
      SlicedWasserstein(x, y, directions: many, workers).distance,
      try recorded["large", "sliced W2"])
  }

  @Test func exactDistances() throws {
    let (a, b) = (PublishedArrays.real.rows(0..<30), PublishedArrays.fake)
    let key = "exact W1, W2 (POT emd2, uniform weights)"
    for order in [1, 2] {
      agree(
        ExactWasserstein.distance(a, b, order: order, workers),
        try published["sliced_wasserstein", key, "\(order - 1)"])
      agree(
        ExactWasserstein.distance(x.rows(0..<150), y.rows(0..<150), order: order, workers),
        try recorded["large", "exact", "\(order - 1)"])
    }
  }

  @Test func energyInOneDimensionIsScipysSquared() throws {
    let a = Matrix(columns: 1, PublishedArrays.real.rows(0..<30).column(0))
    let b = Matrix(columns: 1, PublishedArrays.fake.column(0))
    agree(
      EnergyDistance.distance(a, b, workers).squareRoot(),
      try published["sliced_wasserstein", "energy distance of first column of x and y (scipy)"])
  }

  @Test func twoSampleTests() throws {
    let test = TwoSampleTest(reals: x, generated: y, workers)
    agree(test.realAccuracy, try recorded["large", "two sample", "0"])
    agree(test.generatedAccuracy, try recorded["large", "two sample", "1"])
    // 1,200 samples: the accuracy of chance is within 1/√1200/2 of a half.
    agree(test.deviations, (test.accuracy - 0.5) * 2 * 1200.0.squareRoot())
    let copied = TwoSampleTest(reals: x, generated: x, workers)
    #expect(copied.accuracy < 0.01, "a copy's nearest neighbour is the real")
  }

  @Test func copiesAreFound() throws {
    let copies = Copies(training: x, generated: y.rows(0..<40), workers)
    let nearest = try recorded.numbers("large", "copies", "nearest")
    #expect(copies.nearest.map { $0.map { Double($0.index) } } == nearest)
    for (found, expected) in zip(
      copies.nearest, try recorded.numbers("large", "copies", "distances"))
    { agree(try #require(found).distance, expected) }
    agree(copies.share, try recorded["large", "copies", "share"])
    let exact = Copies(training: x, generated: x.rows(5..<9), workers)
    #expect(exact.nearest.map { $0?.index } == [5, 6, 7, 8])
    #expect(exact.nearest.allSatisfy { $0?.distance == 0 })
    #expect(exact.share == 1)
    var broken = x.rows(5..<9)
    broken[1, 0] = .nan
    #expect(
      Copies(training: x, generated: broken, workers).isCopy == [true, false, true, true],
      "a sample that has no neighbour leaves the others in their places")
  }

  /// A sample of the training that is there twice is 0 from its neighbour, and its copy from it.
  @Test func copiesOfDuplicatesAreCopies() {
    let training = Matrix(columns: 1, [1, 1, 5, 6, 9])
    let copies = Copies(training: training, generated: Matrix(columns: 1, [1, 7, 7.4]), workers)
    #expect(copies.isCopy == [true, true, false])
  }

  /// Candidates in portions are the same candidates.
  @Test func neighboursInPortions() {
    var whole = NearestNeighbours(of: y, limit: 4)
    whole.add(x, workers)
    var parts = NearestNeighbours(of: y, limit: 4)
    for rows in (0..<x.rows).pieces(of: 129) { parts.add(x.rows(rows), workers) }
    #expect(whole.neighbours == parts.neighbours)
  }
}
