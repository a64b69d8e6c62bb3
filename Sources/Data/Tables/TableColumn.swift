import Diagnostics
import Random

/// How one column of a table is numbers of a sample, and how these are text again.
struct TableColumn: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    /// One number, from which `mean` was taken before it was divided by `deviation`.
    case number(mean: Double, deviation: Double)
    /// The distance from one of several Gaussians, and which.
    case modes(GaussianModes)
    /// One-hot; the categories in the order of their bytes.
    case categories([String])
  }

  let name: String
  let content: Content
  /// Digits behind the point, of the number that has most of them.
  let decimals: Int
  /// What each row makes of it, one after the other.
  let values: [Float]

  /// Numbers of a sample.
  var width: Int {
    switch content {
    case .number: 1
    case .modes(let modes): modes.width
    case .categories(let categories): categories.count
    }
  }

  /// A column of categories.
  init(_ name: String, categories column: [String]) {
    let categories = Set(column).sorted(by: precedes)
    let places = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
    var values = [Float](repeating: 0, count: column.count * categories.count)
    for (row, text) in column.enumerated() {
      values[row * categories.count + (places[text] ?? 0)] = 1
    }
    (self.name, self.values, decimals) = (name, values, 0)
    content = .categories(categories)
  }

  /// A column of numbers as they are, or with mean 0 and deviation 1.
  init(_ name: String, _ numbers: [Double], standardizes: Bool, decimals: Int) {
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
    // The mean of equal numbers may round, and that error would then count as their deviation.
    let mean = low == high ? low : numbers.reduce(0, +) / Double(numbers.count)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
    let factor = variance > 0 ? 1 / variance.squareRoot() : 1
    (self.name, self.decimals) = (name, decimals)
    content =
      standardizes ? .number(mean: mean, deviation: 1 / factor) : .number(mean: 0, deviation: 1)
    values = numbers.map { standardizes ? Float(($0 - mean) * factor) : Float($0) }
  }

  /// A column of numbers of at most `modes` Gaussians.
  ///
  /// Which one a number is of is drawn once, by the column's name and the number's place alone.
  init(_ name: String, _ numbers: [Double], modes most: Int, decimals: Int) {
    let modes = GaussianModes(numbers, most: most)
    let stream = RandomStream(seed: 0, name: "table/\(name)")
    (self.name, self.decimals) = (name, decimals)
    content = .modes(modes)
    values = numbers.enumerated().flatMap { row, number in
      modes.encoded(number, row: row, draw: stream.uniform(at: row, step: 0))
    }
  }

  /// What a part of a sample stands for, as the table would have it.
  func text(of part: some Collection<Float>) -> String {
    switch content {
    case .number(let mean, let deviation):
      return decimalText(mean + deviation * Double(part.first ?? 0))
    case .modes(let modes): return decimalText(modes.decoded(part))
    case .categories(let categories):
      let place = part.enumerated().max { $0.element < $1.element }?.offset ?? 0
      return categories[place]
    }
  }

  /// The number with as many digits behind the point as the column has.
  private func decimalText(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return decimals == 0 && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }

  /// Digits behind the point of the number that has most of them, at most nine, or as many as tell nine digits of the
  /// largest of small `numbers`, which are those of `column`: rounded to nine places, all of these would be 0.
  static func decimals(of column: [String], _ numbers: [Double]) -> Int {
    let counts = column.map { text in
      let digits = text.drop { $0 != "." }.dropFirst().prefix { $0.isNumber }
      return text.contains { $0 == "e" || $0 == "E" } ? Int.max : digits.count
    }
    let largest = numbers.reduce(0) { max($0, abs($1)) }
    var (most, bound) = (9, 0.1)
    while largest > 0, largest < bound, most < 300 {
      (most, bound) = (most + 1, bound / 10)
    }
    return min(most, counts.max() ?? 0)
  }
}
