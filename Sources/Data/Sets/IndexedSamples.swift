import Diagnostics

/// What one value of a stored sample is.
public enum SampleElement: Hashable, Sendable {
  /// A pixel, 0...255.
  case byte
  case float

  /// Bytes of one value.
  public var size: Int { self == .byte ? 1 : MemoryLayout<Float>.size }
}

/// A finite data set as samples by index.
///
/// Order, batches and the map of values stand around it. Several threads may read at once.
public protocol IndexedSamples: Sendable {
  /// Number of samples.
  var count: Int { get }
  /// Shape of one sample: `[3, 32, 32]` (channels, height, width), `[2]` for a point.
  var sampleShape: [Int] { get }
  var element: SampleElement { get }
  /// One for each sample; nil where the set has none.
  var labels: SampleLabels? { get }
  /// Names of the classes; empty where they have none.
  var classNames: [String] { get }
  /// How many neighbouring classes belong to each column of a table, in order; empty where classes are of one kind.
  var classGroups: [Int] { get }
  /// The values that a `range` of the spec maps to its ends: 0...255 for pixels, -1...1 for sounds, else the smallest and
  /// largest value.
  ///
  /// Where only some samples of a set are taken, those of the whole set.
  var bounds: ClosedRange<Double> { get }
  /// Writes sample `index` in C order; `buffer` has room for exactly one.
  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic)
  /// A digest of the files that the samples `rows` come from and of how; nil where there are none.
  func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String?
}

extension IndexedSamples {
  public var classNames: [String] { [] }
  public var classGroups: [Int] { [] }
  public func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String? { nil }
  /// Number of values of one sample.
  public var sampleSize: Int { sampleShape.reduce(1, *) }
  /// A digest of all samples and labels where they are in memory or in a cache, else of the bytes of the files that they
  /// come from; nil where there are none.
  ///
  /// The files are read for it when they are seen for the first time, and after changes.
  ///
  /// - Throws: the fault of a file that cannot be read.
  package func contentDigest(
    rememberedIn folder: String = CacheFolder.path("digests")
  ) throws(Diagnostic) -> String? {
    if let source = self as? any DigestedSource { return source.sampleDigest }
    let rows = Array(0..<count)
    guard let stamps = try fileDigest(.stamps, rows: rows) else { return nil }
    let files = try DigestMemory.digest(of: stamps, folder: folder) { () throws(Diagnostic) in
      try fileDigest(.contents, rows: rows) ?? ""
    }
    return "files-" + SampleDigest.text(of: Digest(text: files) ?? Digest(), labels: labels)
  }

  /// Bytes of one sample.
  public var sampleBytes: Int { sampleSize * element.size }
}

/// A source that knows the digest of its samples and labels without reading any file.
protocol DigestedSource: IndexedSamples {
  var sampleDigest: String { get }
}

/// A source whose samples lie one after the other in memory.
protocol ContiguousSource: DigestedSource {
  /// Where in memory, counted in samples, the sample `index` lies.
  func place(of index: Int) -> Int
  /// All samples; the pointer is valid within `body` only.
  func withSamples(_ body: (UnsafeRawBufferPointer) -> Void)
}

extension ContiguousSource {
  var sampleDigest: String {
    var digest = SampleDigest(shape: sampleShape)
    withSamples { digest.add($0) }
    return digest.text(labels: labels)
  }

  public func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    let (size, place) = (sampleBytes, place(of: index))
    withSamples {
      buffer.copyMemory(from: .init(rebasing: $0[(place * size)..<((place + 1) * size)]))
    }
  }
}

/// What is known of each sample besides its values.
public enum SampleLabels: Hashable, Sendable {
  /// A class below `count` for each sample.
  case classes([UInt32], count: Int)
  /// `width` numbers for each sample, one sample after the other.
  case vectors([Float], width: Int)

  /// Floats of one label: a one-hot class, or the numbers.
  public var width: Int {
    switch self {
    case .classes(_, let count): count
    case .vectors(_, let width): width
    }
  }

  /// Number of labels.
  public var count: Int {
    switch self {
    case .classes(let classes, _): classes.count
    case .vectors(let values, let width): values.count / max(1, width)
    }
  }

  /// Classes by sample; nil where labels are numbers.
  public var classes: [UInt32]? {
    if case .classes(let classes, _) = self { classes } else { nil }
  }

  /// Writes the label of each of `rows`, one after the other; `out` has room for exactly these.
  func gather(
    rows: UnsafeBufferPointer<UInt32>, into out: UnsafeMutableBufferPointer<Float>
  ) {
    switch self {
    case .classes(let classes, let count):
      out.update(repeating: 0)
      for (i, row) in rows.enumerated() { out[i * count + Int(classes[Int(row)])] = 1 }
    case .vectors(let values, let width):
      for (i, row) in rows.enumerated() {
        for j in 0..<width { out[i * width + j] = values[Int(row) * width + j] }
      }
    }
  }

  /// The labels of some samples, in their order.
  func selecting(_ rows: [Int]) -> SampleLabels {
    switch self {
    case .classes(let classes, let count): .classes(rows.map { classes[$0] }, count: count)
    case .vectors(let values, let width):
      .vectors(
        rows.flatMap { values[($0 * width)..<(($0 + 1) * width)] }, width: width)
    }
  }
}
