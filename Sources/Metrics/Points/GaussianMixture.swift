import Glibc

/// Equally likely Gaussians of one deviation in the plane: what rings and grids are drawn from.
public struct GaussianMixture: Hashable, Sendable {
  public let centres: [SIMD2<Double>]
  /// Standard deviation on each axis.
  public let deviation: Double

  public init(centres: [SIMD2<Double>], deviation: Double) {
    self.centres = centres
    self.deviation = deviation
  }

  /// The logarithm of the density at a point, exact even where the density underflows.
  public func logDensity(_ point: SIMD2<Double>) -> Double {
    let variance = deviation * deviation
    let exponents = centres.map { centre in
      let offset = point - centre
      return -(offset * offset).sum() / (2 * variance)
    }
    let largest = exponents.max() ?? 0
    let sum = exponents.reduce(0) { $0 + exp($1 - largest) }
    return largest + log(sum) - log(2 * Double.pi * variance * Double(centres.count))
  }
}

/// How far the distribution of points is from a known density: KL(q ‖ p) = −H(q) − E log p(x).
///
/// The entropy is estimated by distances to neighbours (Kozachenko and Leonenko 1987): mean(−log p) alone would reward
/// collapse. In nats; about 0, also a little below, where q = p.
public struct DensityDivergence: Hashable, Sendable {
  /// The estimate of KL(q ‖ p); infinite where points coincide.
  public let value: Double
  /// Its standard error, of means over points.
  public let standardError: Double
  /// The estimate of the entropy of the points.
  public let entropy: Double
  /// The mean of −log p.
  public let crossEntropy: Double

  /// Compares rows of two numbers with `mixture`; `neighbours` is the place of the neighbour whose distance counts.
  public init(
    _ points: Matrix, _ mixture: GaussianMixture, neighbours k: Int = 3, _ workers: Workers
  ) {
    precondition(points.columns == 2, "points lie in the plane")
    let entropies = Self.entropies(of: points, neighbours: k, workers)
    let surprises = workers.map(points.rows) { row in
      -mixture.logDensity(SIMD2(points[row, 0], points[row, 1]))
    }
    let summary = Summary(zip(surprises, entropies).map(-))
    value = summary.mean
    standardError = summary.standardError
    entropy = Summary(entropies).mean
    crossEntropy = Summary(surprises).mean
  }

  /// What each point adds to the entropy: ψ(N) − ψ(k) + log π + 2 log ε, with ε the distance to its k-th neighbour.
  static func entropies(of points: Matrix, neighbours k: Int, _ workers: Workers) -> [Double] {
    let constant = digamma(points.rows) - digamma(k) + log(Double.pi)
    return NearestNeighbours.squaredRadii(of: points, k, workers).map { constant + log($0) }
  }
}
