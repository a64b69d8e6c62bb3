import Glibc

/// Student's t.
public enum StudentT {
  /// The probability of at most `t`.
  public static func cumulative(_ t: Double, degrees: Double) -> Double {
    let tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return t > 0 ? 1 - tail : tail
  }

  /// The value that `probability` of all fall below, by bisection to the last digits.
  public static func quantile(_ probability: Double, degrees: Double) -> Double {
    guard probability > 0, probability < 1 else { return probability > 0 ? .infinity : -.infinity }
    var (low, high) = (-1.0, 1.0)
    while cumulative(low, degrees: degrees) > probability { low *= 2 }
    while cumulative(high, degrees: degrees) < probability { high *= 2 }
    for _ in 0..<200 where low < high {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if cumulative(middle, degrees: degrees) < probability { low = middle } else { high = middle }
    }
    return low + (high - low) / 2
  }
}

/// The distribution of a sum of squares.
public enum ChiSquare {
  /// The probability of at least `value`.
  public static func tail(_ value: Double, degrees: Double) -> Double {
    upperIncompleteGamma(degrees / 2, value / 2)
  }
}

/// The regularised incomplete beta function, by the continued fraction of Numerical Recipes 6.4 (Lentz).
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  // The fraction converges fast on this side of the mean only.
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
  let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
  var (c, d) = (1.0, 1 / bounded(1 - (a + b) * x / (a + 1)))
  var result = d
  for m in 1...1000 {
    let n = Double(m)
    let even = n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n))
    d = 1 / bounded(1 + even * d)
    c = bounded(1 + even / c)
    result *= d * c
    let odd = -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + 2 * n + 1))
    d = 1 / bounded(1 + odd * d)
    c = bounded(1 + odd / c)
    result *= d * c
    if abs(d * c - 1) < 1e-16 { break }
  }
  return front * result
}

/// The regularised upper incomplete gamma function Q(a, x), by Numerical Recipes 6.2: below the mean one less the series
/// of P, above it a continued fraction (Lentz), so that small tails keep their digits.
func upperIncompleteGamma(_ a: Double, _ x: Double) -> Double {
  guard x > 0 else { return 1 }
  let front = exp(a * log(x) - x - lgamma(a))
  if x < a + 1 {
    var term = 1 / a
    var sum = term
    for n in 1...100_000 {
      term *= x / (a + Double(n))
      sum += term
      if term < sum * 1e-17 { break }
    }
    return 1 - min(1, sum * front)
  }
  var b = x + 1 - a
  var (c, d) = (1 / 1e-300, 1 / b)
  var result = d
  for n in 1...100_000 {
    let numerator = Double(n) * (a - Double(n))
    b += 2
    d = 1 / bounded(numerator * d + b)
    c = bounded(b + numerator / c)
    result *= d * c
    if abs(d * c - 1) < 1e-16 { break }
  }
  return front * result
}

/// A divisor of a continued fraction that is not 0.
private func bounded(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }

/// ψ(n) of a positive whole number: Σ 1/i over i < n, less Euler's constant.
func digamma(_ n: Int) -> Double {
  var sum = 0.0
  for i in stride(from: n - 1, to: 0, by: -1) { sum += 1 / Double(i) }
  return sum - 0.577_215_664_901_532_9
}

/// Mean and error of a few figures.
public struct Summary: Hashable, Sendable {
  public var mean: Double
  /// Of the mean, with the divisor n − 1: not a number of a single figure.
  public var standardError: Double
  let count: Int

  public init(_ values: [Double]) {
    count = values.count
    let n = Double(count)
    let mean = values.reduce(0, +) / n
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardError = count > 1 ? (squares / (n - 1) / n).squareRoot() : .nan
  }

  /// The 95 % interval of the mean by Student's t.
  public var interval: ClosedRange<Double> {
    guard count > 1, standardError.isFinite else { return -.infinity ... .infinity }
    let reach = StudentT.quantile(0.975, degrees: Double(count - 1)) * standardError
    return mean - reach...mean + reach
  }
}
