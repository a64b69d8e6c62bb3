import Diagnostics

/// The smallest and largest of values that are seen piece by piece.
struct ValueExtent {
  private var low = Float.infinity
  private var high = -Float.infinity

  var range: ClosedRange<Double> { low <= high ? Double(low)...Double(high) : 0...0 }

  /// Takes in a sample; a value that is not finite is a diagnostic.
  mutating func add(
    _ values: SampleSet.Values, sample: Int, of name: String
  ) throws(Diagnostic) {
    guard case .floats(let floats) = values else { return }
    try values.checkFinite(size: floats.count, from: sample, of: name)
    for value in floats {
      low = min(low, value)
      high = max(high, value)
    }
  }
}

extension SampleSet.Values {
  /// Throws where a value is not finite: of samples of `size` values each, the first of them sample `first` of what messages
  /// call `name`.
  func checkFinite(size: Int, from first: Int = 0, of name: String) throws(Diagnostic) {
    guard case .floats(let floats) = self, let i = floats.firstIndex(where: { !$0.isFinite })
    else { return }
    throw Diagnostic(
      .error,
      "sample \(first + i / size) of \(quoted(name)) has a value that is not finite: \(floats[i])",
      hint: "take it out of the set")
  }
}
