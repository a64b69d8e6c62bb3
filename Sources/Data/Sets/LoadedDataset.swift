import Diagnostics

/// A data set that is ready to give samples.
public struct LoadedDataset: Sendable {
  public enum Contents: Sendable {
    /// Samples in memory, reshuffled each epoch.
    case finite(SampleSet)
    /// A distribution, of which every batch draws fresh samples.
    case distribution(PointDistribution)
  }

  public let contents: Contents
  /// What `bounds` is mapped to; nil leaves the values as they are.
  public let range: ClosedRange<Double>?

  /// Makes a data set of contents that are already there.
  public init(_ contents: Contents, range: ClosedRange<Double>? = nil) {
    self.contents = contents
    self.range = range
  }

  /// Reads or prepares what `description` names; faulty files and parameters are diagnostics without a span.
  public init(_ description: DatasetDescription) throws(Diagnostic) {
    if let range = description.range {
      guard range.lowerBound.isFinite, range.upperBound.isFinite else {
        throw Diagnostic(
          .error, "the range of a data set must be finite", hint: "write 'range: [-1, 1]'")
      }
    }
    if case .idx(let path, let split) = description.kind {
      self.init(.finite(try SampleSet(idxFolder: path, split: split)), range: description.range)
    } else {
      let distribution = try PointDistribution(description.kind)
      self.init(.distribution(distribution), range: description.range)
    }
  }

  /// Shape of one sample: `[1, 28, 28]` for an image, `[2]` for a point.
  public var sampleShape: [Int] {
    switch contents {
    case .finite(let set): set.sampleShape
    case .distribution: [2]
    }
  }

  /// Width of a one-hot label; 0 where the set has no classes.
  public var classCount: Int {
    switch contents {
    case .finite(let set): set.classCount
    case .distribution(let distribution): distribution.modeCount
    }
  }

  /// Number of samples; nil for a distribution.
  public var count: Int? {
    if case .finite(let set) = contents { set.count } else { nil }
  }

  /// The values that are mapped to the ends of `range`.
  public var bounds: ClosedRange<Double> {
    switch contents {
    case .finite(let set): set.bounds
    case .distribution(let distribution): distribution.bounds
    }
  }

  /// The values that mapped samples lie in, or nearly so: `range`, or `bounds` where there is none.
  public var mappedRange: ClosedRange<Double> { range ?? bounds }
}
