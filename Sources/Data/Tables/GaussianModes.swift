import Random

/// The Gaussians of a mixture that is fitted to the numbers of one column, and which of them each number belongs to.
///
/// Mode-specific normalization of Xu et al. 2019 (arXiv:1907.00503, section 4.2): a number is its distance from the mean of
/// one Gaussian in units of four deviations, and which Gaussian that is, drawn by how likely each of them made it.
struct GaussianModes: Hashable, Sendable {
  /// Means and deviations of those Gaussians that stand for more than `leastWeight` of the numbers, in the order of means.
  let means: [Double]
  let deviations: [Double]
  /// How likely each of them made each number: rows of `count`, which do not sum to 1 where others were left out.
  private let shares: [Double]

  /// A Gaussian of less than this share of the numbers is none. (CTGAN's code.)
  static let leastWeight = 0.005
  /// What is added to each likelihood before one is drawn. (RDT's `ClusterBasedNormalizer`.)
  private static let floor = 1e-6
  /// Distances are cut here. (The same.)
  private static let bound = 0.99

  /// Fits at most `most` Gaussians to `values`, of which there is at least one.
  init(_ values: [Double], most: Int) {
    let mixture = VariationalMixture(values, components: max(1, min(most, values.count)))
    let weights = mixture.weights
    let kept = weights.indices.filter { weights[$0] > Self.leastWeight }
      .sorted { (mixture.means[$0], $0) < (mixture.means[$1], $1) }
    means = kept.map { mixture.means[$0] }
    deviations = kept.map { mixture.variances[$0].squareRoot() }
    let all = mixture.responsibilities()
    shares = values.indices.flatMap { row in kept.map { all[row * weights.count + $0] } }
  }

  /// How many there are.
  var count: Int { means.count }

  /// Numbers of a sample: the distance, and one for each Gaussian.
  var width: Int { 1 + count }

  /// The `row`-th of the numbers that were fitted, of the value `value`, as part of a sample; `draw`, of [0, 1), chooses the
  /// Gaussian.
  func encoded(_ value: Double, row: Int, draw: Double) -> [Float] {
    let likelihoods = shares[(row * count)..<((row + 1) * count)].map { $0 + Self.floor }
    var rest = draw * likelihoods.reduce(0, +)
    var mode = 0
    while mode < count - 1, rest >= likelihoods[mode] {
      rest -= likelihoods[mode]
      mode += 1
    }
    let distance = (value - means[mode]) / (4 * deviations[mode])
    var part = [Float](repeating: 0, count: width)
    part[0] = Float(min(max(distance, -Self.bound), Self.bound))
    part[1 + mode] = 1
    return part
  }

  /// The number that such a part of a sample stands for; the largest of the last ones says which Gaussian.
  func decoded(_ part: some Collection<Float>) -> Double {
    let mode = part.dropFirst().enumerated().max { $0.element < $1.element }?.offset ?? 0
    let distance = min(max(Double(part.first ?? 0), -1), 1)
    return means[mode] + 4 * deviations[mode] * distance
  }
}
