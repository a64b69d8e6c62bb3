import Glibc

/// A mixture of Gaussians on the line with a Dirichlet process for its weights, fitted by variational Bayes.
///
/// Blei and Jordan 2006; Bishop 2006, section 10.2. Priors and updates are those of scikit-learn's
/// `BayesianGaussianMixture` with a concentration of 0.001, as CTGAN's code calls it; that starts with k-means from a random
/// start, this with equal parts of the sorted numbers, so that the same numbers have the same mixture.
struct VariationalMixture {
  private static let concentration = 0.001
  /// Added to variances, so that equal numbers have one.
  private static let leastVariance = 1e-6
  private static let mostRounds = 100
  /// It is fitted when no component's number of members changes by more.
  private static let tolerance = 1e-3

  private let values: [Double]
  private let mean: Double
  private let variance: Double
  /// The two numbers of each component's stick, whose mean share is first/(first + second).
  private var sticks: [(first: Double, second: Double)] = []
  /// How sure each mean is, in numbers seen.
  private var precisions: [Double] = []
  private var freedoms: [Double] = []
  private(set) var means: [Double] = []
  private(set) var variances: [Double] = []
  private let count: Int

  /// Fits `components` Gaussians to `values`, of which there is at least one.
  init(_ values: [Double], components: Int) {
    self.values = values
    count = components
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    (self.mean, variance) = (mean, values.count > 1 ? squares / Double(values.count - 1) : 0)
    let sorted = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var shares = [Double](repeating: 0, count: values.count * components)
    for (rank, row) in sorted.enumerated() {
      shares[row * components + rank * components / values.count] = 1
    }
    var members = maximize(shares)
    for _ in 0..<Self.mostRounds {
      let next = maximize(responsibilities())
      let change = zip(members, next).reduce(0) { max($0, abs($1.0 - $1.1)) }
      members = next
      if change <= Self.tolerance { break }
    }
  }

  /// The mean weight of each component.
  var weights: [Double] {
    var left = 1.0
    let weights = sticks.map { first, second in
      defer { left *= second / (first + second) }
      return left * first / (first + second)
    }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// How likely each component made each value, which sum to 1: `[values, components]`.
  func responsibilities() -> [Double] {
    var constants: [Double] = []
    var behind = 0.0
    for (component, stick) in sticks.enumerated() {
      let sum = digamma(stick.first + stick.second)
      let weight = digamma(stick.first) - sum + behind
      behind += digamma(stick.second) - sum
      let freedom = freedoms[component]
      let spread = log(2) + digamma(freedom / 2) - 1 / precisions[component] - log(freedom)
      constants.append(weight + 0.5 * (spread - log(2 * .pi * variances[component])))
    }
    var shares = [Double](repeating: 0, count: values.count * count)
    for (row, value) in values.enumerated() {
      let part = (row * count)..<((row + 1) * count)
      var highest = -Double.infinity
      for (component, place) in part.enumerated() {
        let distance = value - means[component]
        shares[place] = constants[component] - 0.5 * distance * distance / variances[component]
        highest = max(highest, shares[place])
      }
      var total = 0.0
      for place in part {
        shares[place] = exp(shares[place] - highest)
        total += shares[place]
      }
      for place in part { shares[place] /= total }
    }
    return shares
  }

  /// Fits every component to its members, `[values, components]`; how many members each has.
  private mutating func maximize(_ shares: [Double]) -> [Double] {
    var members = [Double](repeating: 10 * .ulpOfOne, count: count)
    var centres = [Double](repeating: 0, count: count)
    for (row, value) in values.enumerated() {
      for component in 0..<count {
        members[component] += shares[row * count + component]
        centres[component] += shares[row * count + component] * value
      }
    }
    for component in 0..<count { centres[component] /= members[component] }
    var spreads = [Double](repeating: 0, count: count)
    for (row, value) in values.enumerated() {
      for component in 0..<count {
        let distance = value - centres[component]
        spreads[component] += shares[row * count + component] * distance * distance
      }
    }
    var behind = 0.0
    sticks = members.reversed().map { number in
      defer { behind += number }
      return (1 + number, Self.concentration + behind)
    }.reversed()
    precisions = members.map { 1 + $0 }
    freedoms = precisions
    means = (0..<count).map { (mean + members[$0] * centres[$0]) / precisions[$0] }
    variances = (0..<count).map { component in
      let distance = centres[component] - mean
      let own = spreads[component] + members[component] * Self.leastVariance
      let between = members[component] / precisions[component] * distance * distance
      return max((variance + own + between) / freedoms[component], .leastNormalMagnitude)
    }
    return members
  }
}

/// The derivative of log Γ, for x > 0: by recurrence up to 6, then the asymptotic series. (Abramowitz and Stegun, 6.3.18.)
private func digamma(_ x: Double) -> Double {
  var (x, sum) = (x, 0.0)
  while x < 6 {
    sum -= 1 / x
    x += 1
  }
  let f = 1 / (x * x)
  let series = f * (1.0 / 12 - f * (1.0 / 120 - f * (1.0 / 252 - f * (1.0 / 240 - f / 132))))
  return sum + log(x) - 0.5 / x - series
}
