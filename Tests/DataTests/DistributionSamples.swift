import Testing

/// A generated set with parameters, and the moments that arithmetic gives it.
struct DistributionSample: CustomTestStringConvertible, Sendable {
  let type: String
  /// Keys as YAML.
  let keys: String
  /// E x, E y; of a set on the line E x alone.
  let mean: [Double]
  /// E x², E xy, E y²; on the line E x² alone.
  let moments: [Double]
  /// How likely the classes are, where not equally.
  let shares: [Double]?
  var testDescription: String { type }

  init(
    _ type: String, _ keys: String, mean: [Double], moments: [Double], shares: [Double]? = nil
  ) {
    self.type = type
    self.keys = keys
    self.mean = mean
    self.moments = moments
    self.shares = shares
  }

  /// One row for each type; closed forms, σ being the noise, or Gauss and Legendre's rule of 400 points in NumPy.
  static let all = [
    // R²/2 + σ²
    DistributionSample(
      "ring", "{modes: 8, radius: 2, sigma: 0.2}", mean: [0, 0], moments: [2.04, 0, 2.04]),
    // The mean of (-2)², 0², 2², and σ²
    DistributionSample(
      "grid", "{side: 3, spacing: 2, sigma: 0.3}", mean: [0, 0],
      moments: [8.0 / 3 + 0.09, 0, 8.0 / 3 + 0.09]),
    // NumPy: means of t cos t and so on, t of [1.5π, 4.5π]
    DistributionSample(
      "swissroll", "{noise: 1.5}", mean: [2 / 7.5, 0.028294212105209673],
      moments: [0.8909212703166562, 0.08377580409572905, 0.8998101592054925]),
    // Half circles about (0, 0) and (1, ½): E sin = 2/π
    DistributionSample(
      "moons", "{noise: 0.2}", mean: [0.5, 0.25],
      moments: [1.04, 0.25 - 1 / .pi, 0.665 - 1 / .pi]),
    // NumPy, with u = v²
    DistributionSample(
      "spiral", "{turns: 2, radius: 2, noise: 0.2}",
      mean: [0.05066059182111642, -0.31830988618379796],
      moments: [1.0589977219328608, -0.15764315241534071, 1.0210022780670862]),
    // size²/12 + σ²; E xy by the fields' middles, ±½ and ±3/2
    DistributionSample(
      "checkerboard", "{fields: 4, size: 4, noise: 0.2}", mean: [0, 0],
      moments: [4.0 / 3 + 0.04, 0.25, 4.0 / 3 + 0.04]),
    // scale²·(1 + σ²radial + σ²tangential)/2, by the symmetry of three or more blades
    DistributionSample(
      "pinwheel", "{blades: 3, radial: 0.2, tangential: 0.2, twist: 0.25, scale: 2}",
      mean: [0, 0], moments: [2.16, 0, 2.16]),
    // π²·E u + σ² along both axes together; NumPy
    DistributionSample(
      "two_spirals", "{noise: 0.2}", mean: [0, 0],
      moments: [2.590734433605479, 0.5147568343154239, 2.4240677669390696]),
    // (8 + σ²)/2.828²
    DistributionSample(
      "gaussians_25", "{noise: 0.5}", mean: [0, 0],
      moments: [8.25 / 7.997584, 0, 8.25 / 7.997584]),
    // (-1 + 3·3)/4 and (1 + 3·9)/4 + σ²
    DistributionSample(
      "mixture_1d", "{centres: [-1, 3], weights: [1, 3], sigma: 0.5}", mean: [2],
      moments: [7.25], shares: [0.25, 0.75]),
    DistributionSample("dirac", "{at: 3}", mean: [3], moments: [9]),
  ]
}
