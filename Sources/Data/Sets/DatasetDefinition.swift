import Diagnostics

/// A kind of data set with all that a spec says about it: what it offers, and how it is opened.
///
/// What it says of its samples holds before any file is touched; `open` compares the files with it.
public protocol DatasetDefinition: Hashable, Sendable {
  /// Shape of one sample as players see it: `[3, 32, 32]` (channels, height, width), `[2]` for a point.
  var sampleShape: [Int] { get }
  /// Width of a label: classes of a one-hot label; nil where there are no labels.
  var labelWidth: Int? { get }
  /// The folder or file that it reads; nil where nothing is read.
  var path: String? { get }
  /// Files beside it that it reads, by the keys that name them.
  var morePaths: [(key: String, path: String)] { get }
  /// The values that samples lie in where no `range` maps them, as far as that is known before anything is read.
  var valueRange: ClosedRange<Double>? { get }
  /// Whether there are samples by index, of which a spec may take some.
  var isFinite: Bool { get }
  /// Throws where samples of this kind cannot have the shape that the spec gives them, whatever the files hold.
  func checkShape() throws(Diagnostic)
  /// Reads or prepares the samples; faulty files and parameters are diagnostics without a span.
  func open() throws(Diagnostic) -> LoadedDataset.Contents
}

extension DatasetDefinition {
  public var isFinite: Bool { path != nil }
  public var morePaths: [(key: String, path: String)] { [] }
  public var valueRange: ClosedRange<Double>? { nil }
  public func checkShape() throws(Diagnostic) {}
}

/// Data drawn from a mixture of equal Gaussians, whose modes metrics count.
public protocol MixtureDefinition: DatasetDefinition {}
