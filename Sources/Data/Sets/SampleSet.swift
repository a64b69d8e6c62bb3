/// A finite set of samples in memory, with labels where it has them.
public struct SampleSet: ContiguousSource {
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

  public let count: Int
  public let sampleShape: [Int]
  /// All samples, one after the other.
  public let values: Values
  public let labels: SampleLabels?
  public let classGroups: [Int]
  public let bounds: ClosedRange<Double>
  /// How many samples in a row have the same values and differ in their labels alone.
  private let views: Int

  /// Makes a set.
  ///
  /// `values` must hold whole samples, each of which stands for `views` samples, and `labels`, if any, one for each of these.
  /// `bounds` are those of the set that floats were taken from; without them, the smallest and the largest value.
  public init(
    sampleShape: [Int], values: Values, labels: SampleLabels? = nil, views: Int = 1,
    classGroups: [Int] = [], bounds: ClosedRange<Double>? = nil
  ) {
    let size = sampleShape.reduce(1, *)
    precondition(size > 0 && values.count % size == 0, "values are not whole samples")
    count = values.count / size * views
    (self.views, self.classGroups) = (views, classGroups)
    precondition(labels == nil || labels?.count == count, "labels and samples differ in number")
    self.sampleShape = sampleShape
    self.values = values
    self.labels = labels
    switch values {
    case .bytes: self.bounds = 0...255
    case .floats(let all): self.bounds = bounds ?? Self.extent(of: all)
    }
  }

  /// The smallest and the largest of the finite values.
  static func extent(of values: some Sequence<Float>) -> ClosedRange<Double> {
    var low = Float.infinity
    var high = -Float.infinity
    for value in values where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    return low <= high ? Double(low)...Double(high) : 0...0
  }

  public var element: SampleElement {
    if case .bytes = values { .byte } else { .float }
  }

  func place(of index: Int) -> Int { index / views }

  func withSamples(_ body: (UnsafeRawBufferPointer) -> Void) {
    switch values {
    case .bytes(let values): values.withUnsafeBytes(body)
    case .floats(let values): values.withUnsafeBytes(body)
    }
  }
}
