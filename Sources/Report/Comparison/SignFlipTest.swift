/// The exact sign-flip test of paired differences (Fisher 1935): under the hypothesis that nothing differs, each could
/// as well have the other sign.
enum SignFlipTest {
  /// More differences would take too much memory: a table holds the sums of half of them.
  static let limit = 40

  /// The share of all 2^n choices of signs for which the sum is at least as far from 0 as it is; two-sided.
  ///
  /// Sums that differ by rounding only count as equal. `differences` has 1 to `limit` finite values. The time grows
  /// with 2^(n/2): sums of the first half and of the second half are sorted and met.
  static func probability(_ differences: [Double]) -> Double {
    precondition(
      (1...limit).contains(differences.count), "a test needs differences, but not too many")
    let magnitudes = differences.map(abs)
    let reach = abs(differences.reduce(0, +)) - 1e-12 * magnitudes.reduce(0, +)
    guard reach > 0 else { return 1 }
    let half = differences.count / 2
    let first = sums(magnitudes[..<half])
    let second = sums(magnitudes[half...])
    // The signs of all at once turn a sum around, so both sides have equally many.
    var count = 0
    var place = second.count
    for sum in first {
      while place > 0, sum + second[place - 1] >= reach { place -= 1 }
      count += second.count - place
    }
    return 2 * Double(count) / (Double(first.count) * Double(second.count))
  }

  /// The least probability that so many pairs can give.
  static func least(pairs: Int) -> Double { (0..<(pairs - 1)).reduce(1) { value, _ in value / 2 } }

  /// The sums of all choices of signs, ascending.
  private static func sums(_ values: ArraySlice<Double>) -> [Double] {
    var sums = [0.0]
    for value in values { sums = sums.map { $0 - value } + sums.map { $0 + value } }
    return sums.sorted()
  }
}
