import Glibc

/// The normal distribution that densities of generated sets are made of.
enum Normal {
  /// The density at a distance from the mean.
  static func density(_ distance: Double, deviation: Double) -> Double {
    let z = distance / deviation
    return exp(-z * z / 2) / (deviation * (2 * Double.pi).squareRoot())
  }

  /// The probability of an interval that `low` and `high` give by their distances from the mean.
  static func probability(from low: Double, to high: Double, deviation: Double) -> Double {
    let scale = 1 / (deviation * 2.0.squareRoot())
    return (erf(high * scale) - erf(low * scale)) / 2
  }
}
