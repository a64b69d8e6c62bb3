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
  /// What its values lie in, where that is known without reading them.
  var bounds: ClosedRange<Double>?
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
struct StoredSamples: IndexedSamples {
  private let array: StoredArray
  private let layout: SampleLayout
  let labels: SampleLabels?
  let bounds: ClosedRange<Double>

  var count: Int { array.shape[0] }
  var sampleShape: [Int] { layout.shape }
  var element: SampleElement { array.type == .uint8 ? .byte : .float }

  /// The samples of `array`, whose first axis counts them.
  ///
  /// Floats are read once for their extent, and to see that all are finite, unless their bounds are known.
  init(
    _ array: StoredArray, _ layout: SampleLayout, labels: SampleLabels?
  ) throws(Diagnostic) {
    self.array = array
    self.layout = layout
    self.labels = labels
    if let known = array.type == .uint8 ? 0...255 : array.bounds {
      bounds = known
      return
    }
    var extent = ValueExtent()
    for row in 0..<array.shape[0] {
      try extent.add(try Self.values(array, row, layout), sample: row, of: array.name)
    }
    bounds = extent.range
  }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    if array.type == .uint8, !layout.isLast {
      try array.file.read(into: buffer, at: array.offset + index * buffer.count)
      return
    }
    let values = try Self.values(array, index, layout)
    switch values {
    case .bytes(let bytes): buffer.copyBytes(from: bytes)
    case .floats(let floats):
      // Where bounds were known, nobody has looked at the values.
      if array.bounds != nil {
        try values.checkFinite(size: floats.count, from: index, of: array.name)
      }
      floats.withUnsafeBytes { buffer.copyMemory(from: $0) }
    }
  }

  /// One sample, channels first.
  private static func values(
    _ array: StoredArray, _ index: Int, _ layout: SampleLayout
  ) throws(Diagnostic) -> SampleSet.Values {
    let stride = layout.stored.reduce(array.type.size, *)
    let raw = RawArray(
      type: array.type, shape: layout.stored, isBigEndian: array.isBigEndian,
      bytes: try array.file.read(stride, at: array.offset + index * stride), name: array.name)
    return layout.channelsFirst(raw.values)
  }

  func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String? {
    var digest = FileDigest(trait)
    digest.add("\(array.type) \(array.shape) \(array.offset) \(array.isBigEndian)")
    digest.add("\(layout.shape) \(layout.isLast)")
    try digest.add(fileAt: array.file.path)
    return digest.text
  }
}
