import Glibc

/// How often each kind is generated, beside how often it should be: classes, modes, or bins of features.
public struct Histograms: Hashable, Sendable {
  /// Probabilities of the data and of what is generated.
  public let expected: [Double]
  public let generated: [Double]

  /// Compares counts, which need not have the same sum; weights of the data may be counts or probabilities.
  public init(expected: [Double], generated: [Int]) {
    func normalised(_ values: [Double]) -> [Double] {
      let sum = values.reduce(0, +)
      return values.map { $0 / sum }
    }
    precondition(expected.count == generated.count, "both know the same kinds")
    self.expected = normalised(expected)
    self.generated = normalised(generated.map { Double($0) })
  }

  /// KL(generated ‖ expected) in nats; infinite where something is generated that the data has not.
  public var reverseDivergence: Double { Self.divergence(generated, expected) }

  /// KL(expected ‖ generated) in nats; infinite where a kind is never generated.
  public var forwardDivergence: Double { Self.divergence(expected, generated) }

  /// The divergence of Jensen and Shannon in nats, from 0 to log 2.
  public var jensenShannon: Double {
    let middle = zip(expected, generated).map { ($0 + $1) / 2 }
    return (Self.divergence(expected, middle) + Self.divergence(generated, middle)) / 2
  }

  /// Half the sum of differences, from 0 to 1.
  public var totalVariation: Double {
    zip(expected, generated).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
  }

  /// Σ p log (p/q); a kind with p = 0 adds nothing.
  static func divergence(_ p: [Double], _ q: [Double]) -> Double {
    zip(p, q).reduce(0) { sum, pair in
      guard pair.0 > 0 || pair.0.isNaN else { return sum }
      return sum + (pair.1 > 0 || pair.1.isNaN ? pair.0 * log(pair.0 / pair.1) : .infinity)
    }
  }
}

/// Whether two counts of kinds are of one distribution.
public struct HomogeneityTest: Hashable, Sendable {
  /// χ² of the table of both, with one degree of freedom less than there are kinds that occur.
  public let statistic: Double
  /// How often equal distributions would differ as much.
  public let probability: Double
  /// Of each kind the two-proportion z: NDB's test (Richardson and Weiss 2018); 0 where neither has the kind.
  public let deviations: [Double]

  /// Compares counts of reals and of generated samples.
  public init(reals: [Int], generated: [Int]) {
    let (n, m) = (Double(reals.reduce(0, +)), Double(generated.reduce(0, +)))
    var (sum, kinds) = (0.0, 0)
    var deviations: [Double] = []
    for (a, b) in zip(reals, generated) {
      let share = Double(a + b) / (n + m)
      let variance = share * (1 - share) * (1 / n + 1 / m)
      let difference = Double(a) / n - Double(b) / m
      deviations.append(variance > 0 ? difference / variance.squareRoot() : 0)
      guard a + b > 0 else { continue }
      kinds += 1
      sum += pow(Double(a) - n * share, 2) / (n * share)
      sum += pow(Double(b) - m * share, 2) / (m * share)
    }
    statistic = sum
    probability = kinds > 1 ? ChiSquare.tail(sum, degrees: Double(kinds - 1)) : 1
    self.deviations = deviations
  }

  /// Kinds that differ at this level, of which that share differs by chance.
  public func different(level: Double = 0.05) -> Int {
    deviations.count { StandardNormal.twoSided($0) < level }
  }
}
