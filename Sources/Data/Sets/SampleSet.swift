/// A finite set of samples in memory, with labels where it has them.
public struct SampleSet: Sendable {
  /// The values of all samples, one after the other in C order.
  public enum Values: Sendable {
    /// Pixels, 0...255.
    case bytes([UInt8])
    case floats([Float])

    var count: Int {
      switch self {
      case .bytes(let values): values.count
      case .floats(let values): values.count
      }
    }
  }

  /// Number of samples.
  public let count: Int
  /// Shape of one sample: `[1, 28, 28]` for an image (channels, height, width), `[2]` for a point.
  public let sampleShape: [Int]
  public let values: Values
  /// One class for each sample, each below `classCount`; nil where the set has none.
  public let labels: [UInt8]?
  /// Number of classes; 0 without labels.
  public let classCount: Int
  /// The values that a `range` of the spec maps to its ends: 0...255 for pixels, else the smallest and largest value.
  public let bounds: ClosedRange<Double>

  /// Makes a set.
  ///
  /// `values` must hold whole samples, and `labels`, if any, one class for each.
  public init(sampleShape: [Int], values: Values, labels: [UInt8]? = nil) {
    let size = sampleShape.reduce(1, *)
    precondition(size > 0 && values.count % size == 0, "values are not whole samples")
    count = values.count / size
    precondition(labels == nil || labels?.count == count, "labels and samples differ in number")
    self.sampleShape = sampleShape
    self.values = values
    self.labels = labels
    classCount = labels?.max().map { Int($0) + 1 } ?? 0
    switch values {
    case .bytes: bounds = 0...255
    case .floats(let all):
      let finite = all.lazy.filter(\.isFinite)
      let low = Double(finite.min() ?? 0)
      bounds = low...max(low, Double(finite.max() ?? 0))
    }
  }

  /// Number of values of one sample.
  public var sampleSize: Int { sampleShape.reduce(1, *) }
}
