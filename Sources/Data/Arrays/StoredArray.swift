import Diagnostics

/// An array that lies in a file as it is, of which any sample can be read without the others.
struct StoredArray: Sendable {
  var type: NumberType
  /// Sizes from the slowest to the fastest dimension, in C order.
  var shape: [Int]
  var isBigEndian = false
  var file: RandomAccessFile
  /// Of its first byte.
  var offset: Int
  /// What messages call it.
  var name: String

  /// The whole array in memory.
  func loaded() throws(Diagnostic) -> RawArray {
    let count = shape.reduce(type.size, *)
    guard count <= RawArrayFile.limit else { throw RawArrayFile.tooLarge(name, count) }
    return RawArray(
      type: type, shape: shape, isBigEndian: isBigEndian, bytes: try file.read(count, at: offset),
      name: name)
  }
}

/// Samples of an array in a file, each read when it is asked for.
///
/// Not mapped: a file that is cut while a map of it is read would end the program, and a read says what is missing.
struct StoredSamples: SampleSource {
  private let array: StoredArray
  let sampleShape: [Int]
  let labels: SampleLabels?
  let bounds: ClosedRange<Double>
  /// Shape of one sample in the file, where channels may be last.
  private let own: [Int]
  /// Whether channels are the last axis in the file.
  private let isLast: Bool
  /// Bytes of one sample in the file.
  private let stride: Int

  var count: Int { array.shape[0] }
  var element: SampleElement { array.type == .uint8 ? .byte : .float }

  /// The samples of `array` in the shape that a spec announces.
  ///
  /// Floats are read once for their extent, and to see that all are finite, unless `bounds` are known.
  init(
    _ array: StoredArray, shape wanted: [Int], labels: SampleLabels?,
    bounds known: ClosedRange<Double>? = nil, isLast: Bool = false
  ) throws(Diagnostic) {
    self.array = array
    self.labels = labels
    sampleShape = wanted
    own = try RawArray.sampleShape(of: array.shape, as: wanted, array.name)
    self.isLast = isLast || (own.count == 3 && own != wanted)
    stride = own.reduce(array.type.size, *)
    if let known = array.type == .uint8 ? 0...255 : known {
      bounds = known
      return
    }
    var extent = ValueExtent()
    for row in 0..<array.shape[0] {
      try extent.add(
        try Self.values(array, row, own, stride, isLast: self.isLast), sample: row, of: array.name)
    }
    bounds = extent.range
  }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    if array.type == .uint8, !isLast {
      try array.file.read(into: buffer, at: array.offset + index * stride)
      return
    }
    switch try Self.values(array, index, own, stride, isLast: isLast) {
    case .bytes(let bytes): buffer.copyBytes(from: bytes)
    case .floats(let floats): floats.withUnsafeBytes { buffer.copyMemory(from: $0) }
    }
  }

  /// One sample, channels first.
  private static func values(
    _ array: StoredArray, _ index: Int, _ own: [Int], _ stride: Int, isLast: Bool
  ) throws(Diagnostic) -> SampleSet.Values {
    let raw = RawArray(
      type: array.type, shape: own, isBigEndian: array.isBigEndian,
      bytes: try array.file.read(stride, at: array.offset + index * stride), name: array.name)
    return isLast ? raw.values.movingLastAxisFirst(of: own) : raw.values
  }

  func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String? {
    var digest = FileDigest(trait)
    digest.add("\(array.type) \(array.shape) \(array.offset) \(array.isBigEndian) \(sampleShape)")
    try digest.add(fileAt: array.file.path)
    return digest.text
  }
}

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
    for value in floats {
      guard value.isFinite else {
        throw Diagnostic(
          .error, "sample \(sample) of \(quoted(name)) has a value that is not finite: \(value)",
          hint: "take it out of the set")
      }
      low = min(low, value)
      high = max(high, value)
    }
  }
}
