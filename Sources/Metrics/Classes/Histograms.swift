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

  /// The divergence of Jensen and Shannon in nats, from 0 to log 2.
  public var jensenShannon: Double {
    let middle = zip(expected, generated).map { ($0 + $1) / 2 }
    return (Self.divergence(expected, middle) + Self.divergence(generated, middle)) / 2
  }

  /// Half the sum of differences, from 0 to 1.
  public var totalVariation: Double {
    zip(expected, generated).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
  }

  /// Σ p log (p/q) in nats; a kind with p = 0 adds nothing, any other with q = 0 infinity.
  static func divergence(_ p: [Double], _ q: [Double]) -> Double {
    zip(p, q).reduce(0) { sum, pair in pair.0 == 0 ? sum : sum + pair.0 * log(pair.0 / pair.1) }
  }
}

/// Whether two counts of kinds are of one distribution.
public struct HomogeneityTest: Hashable, Sendable {
  /// χ² of the table of both, with one degree of freedom less than there are kinds that occur.
  public let statistic: Double
  /// How often equal distributions would differ as much.
  public let probability: Double

  /// Compares counts of reals and of generated samples.
  public init(reals: [Int], generated: [Int]) {
    let (n, m) = (Double(reals.reduce(0, +)), Double(generated.reduce(0, +)))
    var (sum, kinds) = (0.0, 0)
    for (a, b) in zip(reals, generated) where a + b > 0 {
      let share = Double(a + b) / (n + m)
      kinds += 1
      sum += pow(Double(a) - n * share, 2) / (n * share)
      sum += pow(Double(b) - m * share, 2) / (m * share)
    }
    statistic = sum
    probability = kinds > 1 ? ChiSquare.tail(sum, degrees: Double(kinds - 1)) : 1
  }
}
