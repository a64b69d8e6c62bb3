import Diagnostics
import Syntax

/// Samples in an array of an HDF5 file, and labels in another, as BigGAN (channels first) and StudioGAN (channels last)
/// write them.
public struct HDF5File: DatasetDefinition {
  public let path: String?
  public let sampleShape: [Int]
  /// Name of the array with the samples.
  public var array: String
  /// How many classes the labels have; nil where none are read.
  public var classes: Int?
  /// The array of the labels; nil where there are none.
  public var labelArray: String?

  public init(
    path: String, shape: [Int], array: String = "imgs", classes: Int? = nil,
    labelArray: String? = nil
  ) {
    self.path = path
    sampleShape = shape
    self.array = array
    self.classes = classes
    self.labelArray = labelArray
  }

  public var labelWidth: Int? { labelArray == nil ? nil : classes }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    let path = path ?? "."
    let samples = try HDF5Array(path: path, array: array)
    var labels: SampleLabels?
    if let labelArray {
      labels = try Self.whole(try HDF5Array(path: path, array: labelArray))
        .labels(count: samples.shape[0], classes: classes)
    }
    return .finite(try HDF5Samples(samples, of: self, labels: labels))
  }

  /// All of an array, as labels are read.
  private static func whole(_ array: HDF5Array) throws(Diagnostic) -> RawArray {
    let count = array.shape.reduce(array.valueSize, *)
    guard count <= RawArrayFile.limit else { throw RawArrayFile.tooLarge(array.name, count) }
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { buffer throws(Diagnostic) in
      try array.read(0, array.shape[0], into: UnsafeMutableRawBufferPointer(buffer))
    }
    return RawArray(type: array.type, shape: array.shape, bytes: bytes, name: array.name)
  }
}

/// Samples of an HDF5 array, each read when it is asked for.
private struct HDF5Samples: IndexedSamples {
  private let array: HDF5Array
  private let definition: HDF5File
  private let layout: SampleLayout
  let labels: SampleLabels?
  let bounds: ClosedRange<Double>

  var count: Int { array.shape[0] }
  var sampleShape: [Int] { layout.shape }
  var element: SampleElement { array.type == .uint8 ? .byte : .float }

  init(
    _ array: HDF5Array, of definition: HDF5File, labels: SampleLabels?
  ) throws(Diagnostic) {
    self.array = array
    self.definition = definition
    self.labels = labels
    layout = try RawArray.layout(of: array.shape, as: definition.sampleShape, array.name)
    guard array.type != .uint8 else {
      bounds = 0...255
      return
    }
    var extent = ValueExtent()
    for row in 0..<array.shape[0] {
      try extent.add(try Self.values(array, row, layout), sample: row, of: array.name)
    }
    bounds = extent.range
  }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    guard layout.isLast else { return try array.read(index, 1, into: buffer) }
    switch try Self.values(array, index, layout) {
    case .bytes(let bytes): buffer.copyBytes(from: bytes)
    case .floats(let floats): floats.withUnsafeBytes { buffer.copyMemory(from: $0) }
    }
  }

  /// One sample, channels first.
  private static func values(
    _ array: HDF5Array, _ row: Int, _ layout: SampleLayout
  ) throws(Diagnostic) -> SampleSet.Values {
    var bytes = [UInt8](repeating: 0, count: layout.stored.reduce(array.valueSize, *))
    try bytes.withUnsafeMutableBufferPointer { buffer throws(Diagnostic) in
      try array.read(row, 1, into: UnsafeMutableRawBufferPointer(buffer))
    }
    let raw = RawArray(type: array.type, shape: layout.stored, bytes: bytes, name: array.name)
    return layout.channelsFirst(raw.values)
  }

  func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String? {
    var digest = FileDigest(trait)
    digest.add("\(definition.array) \(array.shape) \(sampleShape)")
    try digest.add(fileAt: definition.path ?? ".")
    return digest.text
  }
}

extension DatasetType {
  private static let array = Key(
    "array", Form<String>.text, default: "imgs", "Name of the array with the samples.")
  private static let labelArray = Key.optional(
    "label_array", Form<String>.text, "Name of the array with the labels: classes, or vectors.")

  static let hdf5 = DatasetType(
    "hdf5", "An array of an HDF5 file, channels first (BigGAN) or last (StudioGAN).",
    keys: [DataKeys.path, DataKeys.shape, array, DataKeys.classes, labelArray]
  ) {
    HDF5File(
      path: $0[DataKeys.path], shape: $0[DataKeys.shape], array: $0[array],
      classes: $0[DataKeys.classes], labelArray: $0[labelArray])
  }
}
