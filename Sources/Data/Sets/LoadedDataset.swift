import Diagnostics

/// A data set that is ready to give samples.
public struct LoadedDataset: Sendable {
  /// What there is to draw from.
  public enum Contents: Sendable {
    /// Samples by index, put into another order each epoch.
    case finite(any IndexedSamples)
    /// A distribution, of which every batch draws fresh samples.
    case distribution(any SampleDistribution)
  }

  /// Samples by index, or a distribution.
  public let contents: Contents
  /// What `bounds` is mapped to; nil leaves the values as they are.
  public let range: ClosedRange<Double>?

  /// Whether images are mirrored with probability one half.
  public let flips: Bool
  /// Shares of the classes in training; nil where every sample is shown once an epoch.
  let shares: ClassShares?

  /// Makes a data set of contents that are already there.
  public init(
    _ contents: Contents, range: ClosedRange<Double>? = nil, flips: Bool = false,
    shares: ClassShares? = nil
  ) {
    self.contents = contents
    self.range = range
    self.flips = flips
    self.shares = shares
  }

  /// Opens what `definition` names.
  public init(
    _ definition: any DatasetDefinition, range: ClosedRange<Double>? = nil,
    view: DatasetView = DatasetView()
  ) throws(Diagnostic) {
    if let range {
      guard range.lowerBound.isFinite, range.upperBound.isFinite else {
        throw Diagnostic(
          .error, "the range of a data set must be finite", hint: "write 'range: [-1, 1]'")
      }
    }
    var contents = try definition.open()
    var shares: ClassShares?
    if case .finite(let source) = contents {
      let seen = try source.seen(through: view)
      contents = .finite(seen)
      shares = try ClassShares(view.balance, of: seen.labels, groups: seen.classGroups)
    }
    self.init(contents, range: range, flips: view.flips, shares: shares)
    guard !flips || sampleShape.count == 3 else {
      throw Diagnostic(
        .error, "samples of shape \(sampleShape) cannot be mirrored",
        hint: "leave 'flip' away; images have shape [channels, height, width]")
    }
  }

  /// Shape of one sample: `[1, 28, 28]` for an image, `[2]` for a point.
  public var sampleShape: [Int] {
    switch contents {
    case .finite(let source): source.sampleShape
    case .distribution(let distribution): distribution.sampleShape
    }
  }

  /// Floats of one label; 0 where the set has none.
  public var labelWidth: Int {
    switch contents {
    case .finite(let source): source.labels?.width ?? 0
    case .distribution(let distribution): distribution.modeCount
    }
  }

  /// Number of samples; nil for a distribution.
  public var count: Int? {
    if case .finite(let source) = contents { source.count } else { nil }
  }

  /// The values that are mapped to the ends of `range`.
  public var bounds: ClosedRange<Double> {
    switch contents {
    case .finite(let source): source.bounds
    case .distribution(let distribution): distribution.bounds
    }
  }

  /// Tells the samples as they are seen from others: the digest of a finite set, and of floats what `range` maps, which
  /// samples outside of `limit` and `only` decide with them; nil for a distribution, and for what has no digest.
  ///
  /// - Throws: the fault of a file that cannot be read.
  package func digest() throws(Diagnostic) -> String? {
    guard case .finite(let samples) = contents, let digest = try samples.contentDigest() else {
      return nil
    }
    guard range != nil, samples.element == .float else { return digest }
    return "\(digest) from \(bounds.lowerBound) to \(bounds.upperBound)"
  }

  /// The values that mapped samples lie in, or nearly so: `range`, or `bounds` where there is none.
  public var mappedRange: ClosedRange<Double> { range ?? bounds }
}
