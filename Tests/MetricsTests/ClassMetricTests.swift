import Foundation
import Testing

@testable import Metrics

/// Metrics of classes, pictures and points in the plane beside the figures of others.
@Suite struct ClassMetricTests {
  let published: Vectors
  let recorded: Vectors

  init() throws {
    published = try Vectors("published")
    recorded = try Vectors("recorded")
  }

  private func logits(_ n: Int, _ d: Int, seed: Int) -> Matrix {
    var logits = HashArrays.uniform(n, d, seed: seed)
    for i in logits.values.indices { logits.values[i] *= 4 }
    return logits
  }

  @Test func classScores() throws {
    for (splits, key) in [
      (1, "splits=1"), (3, "splits=3 (mean, population std)"),
      (4, "splits=4: rows 0-6,7-14,15-21,22-29"),
    ] {
      let summary = Summary(ClassScore.scores(logits: logits(30, 5, seed: 11), splits: splits))
      agree(summary.mean, try published["inception_score", key, "0"])
      guard splits > 1 else { continue }
      let deviation = summary.standardError * Double(splits - 1).squareRoot()
      agree(deviation, try published["inception_score", key, "1"])
    }
    let many = Summary(ClassScore.scores(logits: logits(700, 10, seed: 141), splits: 10))
    agree(many.mean, try recorded["large", "inception score", "0"])
    agree(many.standardError * 3, try recorded["large", "inception score", "1"])
    let sure = Matrix(columns: 5, (0..<25).map { $0 % 6 == 0 ? 1000.0 : 0 })
    agree(ClassScore.score(logits: sure), 5)
    agree(ClassScore.score(logits: Matrix(columns: 2, [1, 3, 1, 3, 1, 3])), 1)
    // One of 500 gives the second class a probability whose mean is below the smallest number.
    let rare = Matrix(columns: 2, (0..<500).flatMap { [0.0, $0 == 0 ? -740.0 : -1000.0] })
    agree(ClassScore.score(logits: rare), 1)
  }

  @Test func largestPlaces() {
    #expect(Matrix(columns: 3, [1, 3, 2, 5, 5, 4]).largestPlaces == [1, 0])
  }

  @Test func modeHistograms() throws {
    let counts = try published.numbers("mode_histogram", "counts of high-quality samples")
    let histograms = Histograms(
      expected: [Double](repeating: 1, count: 8), generated: counts.map { Int($0) })
    let (expected, generated) = (histograms.expected, histograms.generated)
    agree(
      Histograms.divergence(generated, expected),
      try published["mode_histogram", "reverse KL(q||p)"])
    agree(histograms.jensenShannon, try published["mode_histogram", "JS"])
    agree(histograms.totalVariation, try published["mode_histogram", "total variation"])
    #expect(Histograms.divergence(expected, generated) == .infinity)
  }

  @Test func homogeneity() throws {
    let (a, b) = (
      try published.numbers("ndb", "real counts"), try published.numbers("ndb", "fake counts")
    )
    let test = HomogeneityTest(reals: a.map { Int($0) }, generated: b.map { Int($0) })
    let histograms = Histograms(expected: a, generated: b.map { Int($0) })
    agree(histograms.jensenShannon, try published["ndb", "JS of the histograms"])
    agree(test.statistic, try recorded["tests", "chi2", "0"])
    agree(test.probability, try recorded["tests", "chi2", "1"])
    let unseen = HomogeneityTest(reals: [10, 0, 20], generated: [20, 0, 40])
    #expect(unseen.statistic == 0 && unseen.probability == 1)
  }

  @Test func distributions() throws {
    for degrees in [1, 2, 4, 9, 19, 99] {
      agree(
        StudentT.quantile(0.975, degrees: Double(degrees)),
        try recorded["tests", "t quantiles 0.975", "\(degrees)"], 1e-11)
    }
    for index in 0..<9 {
      let row = try recorded.numbers("tests", "chi2 tails", "\(index)")
      let tail = ChiSquare.tail(row[0], degrees: row[1])
      // Digits of small tails count too: 900 of 40 degrees is 8e-163.
      if row[2] > 0 { agree(tail / row[2], 1, 1e-11) } else { #expect(tail == 0) }
    }
  }

  private func pictures(_ size: Int, square: Int, seeds: (Int, Int)) -> (Matrix, Matrix) {
    var i = HashArrays.uniform(size, size, seed: seeds.0)
    var j = HashArrays.uniform(size, size, seed: seeds.1)
    for y in 0..<size {
      for x in 0..<size {
        let sign = (x / square + y / square) % 2 == 0 ? 1.0 : -1.0
        i[y, x] = 0.5 + 0.25 * sign + 0.2 * (i[y, x] - 0.5)
        j[y, x] = 0.8 * i[y, x] + 0.1 + 0.2 * (j[y, x] - 0.5)
      }
    }
    return (i, j)
  }

  @Test func structuralSimilarities() throws {
    let (i, j) = pictures(32, square: 4, seeds: (41, 42))
    let similarity = StructuralSimilarity.similarity(i, j, range: 1)
    agree(similarity.whole, try published["ssim", "ssim"])
    agree(similarity.whole, try recorded["ssim", "ssim"])
    agree(similarity.contrast, try published["ssim", "contrast-structure (mean)"])
    #expect(StructuralSimilarity.weights(height: 32, width: 40) == [0.5, 0.5])
    agree(
      StructuralSimilarity.multiscale(i, j, range: 1, weights: [0.5, 0.5]),
      try published["ssim", "ms_ssim two scales, weights (0.5,0.5), mean pool 2 between"])
    let (big, other) = pictures(176, square: 16, seeds: (43, 44))
    let weights = StructuralSimilarity.weights(height: 176, width: 176)
    let value = StructuralSimilarity.multiscale(big, other, range: 1, weights: weights)
    agree(value, try published["ssim", "ms_ssim five scales on 176x176", "value"])
    // Its window is of single precision.
    agree(value, try recorded["ssim", "five scales"], 1e-6)
    agree(StructuralSimilarity.multiscale(i, i, range: 1, weights: [0.5, 0.5]), 1)
    #expect(StructuralSimilarity.weights(height: 10, width: 40).isEmpty)
  }

  @Test func diversityIsOfDisjointPairs() throws {
    let workers = try Workers(threads: 2)
    let (i, j) = pictures(32, square: 4, seeds: (41, 42))
    let both = StructuralSimilarity.diversity(
      of: Matrix(columns: 2048, i.values + j.values + j.values + j.values + i.values + i.values),
      shape: [2, 32, 32], range: 1, workers)
    let one = StructuralSimilarity.multiscale(i, j, range: 1, weights: [0.5, 0.5])
    agree(both.mean, (one + 1) / 2)
    #expect(both.standardError.isNaN, "one pair has no spread")
  }
}

@Suite struct PointMetricTests {
  let workers: Workers
  let published: Vectors
  let recorded: Vectors

  init() throws {
    workers = try Workers(threads: 2)
    published = try Vectors("published")
    recorded = try Vectors("recorded")
  }

  private let ring = GaussianMixture(
    centres: (0..<8).map { mode in
      let angle = Double(mode) * .pi / 4
      return SIMD2(2 * cos(angle), 2 * sin(angle))
    }, deviation: 0.05)

  @Test func logDensities() throws {
    let densities = try published.numbers("ring_density", "log p")
    for (index, expected) in densities.enumerated() {
      let point = try published.numbers("ring_density", "points", "\(index)")
      agree(ring.logDensity(SIMD2(point[0], point[1])), expected)
    }
  }

  @Test func entropies() throws {
    let x = HashArrays.normal(50, 2, seed: 81)
    agree(
      Summary(DensityDivergence.entropies(of: x, neighbours: 3, workers)).mean,
      try published["knn_entropy", "nats"])
    let radii = NearestNeighbours.squaredRadii(of: x, 3, workers).prefix(3)
    for (value, expected) in zip(radii, try published.numbers("knn_entropy", "first three eps")) {
      agree(value.squareRoot(), expected)
    }
  }

  @Test func divergences() throws {
    for index in 0..<2 {
      let modes = Int(try recorded["points", "\(index)", "modes"])
      let seed = Int(try recorded["points", "\(index)", "seed"])
      var x = HashArrays.normal(600, 2, seed: seed)
      for row in 0..<600 {
        let centre = ring.centres[row % modes]
        for axis in 0..<2 {
          x[row, axis] = centre[axis] + 0.05 * 3.0.squareRoot() * x[row, axis]
        }
      }
      let divergence = DensityDivergence(x, ring, workers)
      let entropy = try recorded["points", "\(index)", "entropy"]
      let crossEntropy = try recorded["points", "\(index)", "cross entropy"]
      agree(divergence.entropy, entropy)
      agree(divergence.crossEntropy, crossEntropy)
      agree(divergence.value, crossEntropy - entropy)
      // Two of eight modes missing cost log 8/6.
      let expected = log(8 / Double(modes))
      #expect(abs(divergence.value - expected) < 4 * divergence.standardError)
    }
    let collapsed = Matrix(columns: 2, (0..<20).flatMap { _ in [2.0, 0.0] })
    #expect(DensityDivergence(collapsed, ring, workers).value == .infinity)
  }

  @Test func modesOfAHistogram() throws {
    let counts = try published.numbers("mode_histogram", "counts of high-quality samples")
    var points: [Float] = []
    for (mode, count) in counts.enumerated() {
      for _ in 0..<Int(count) {
        points += [Float(ring.centres[mode].x), Float(ring.centres[mode].y)]
      }
    }
    points += [Float](repeating: 0, count: 2 * 1000 - points.count)
    let score = ModeCoverage(centres: ring.centres, deviation: 0.05).score(points)
    agree(score.highQuality, try published["mode_histogram", "high quality"])
    let modes = try published["mode_histogram", "modes (>= 1 % of 1000)"]
    #expect(Double(score.covered) == modes)
  }
}
