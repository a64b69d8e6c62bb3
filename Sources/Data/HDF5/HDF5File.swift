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
    return .finite(try HDF5Samples(samples, path: path, shape: sampleShape, labels: labels))
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
private struct HDF5Samples: SampleSource {
  private let array: HDF5Array
  private let path: String
  private let own: [Int]
  let sampleShape: [Int]
  let labels: SampleLabels?
  let bounds: ClosedRange<Double>

  var count: Int { array.shape[0] }
  var element: SampleElement { array.type == .uint8 ? .byte : .float }

  init(
    _ array: HDF5Array, path: String, shape: [Int], labels: SampleLabels?
  ) throws(Diagnostic) {
    self.array = array
    self.path = path
    self.labels = labels
    sampleShape = shape
    own = try RawArray.sampleShape(of: array.shape, as: shape, array.name)
    guard array.type != .uint8 else {
      bounds = 0...255
      return
    }
    var extent = ValueExtent()
    for row in 0..<array.shape[0] {
      try extent.add(try Self.values(array, row, own, shape), sample: row, of: array.name)
    }
    bounds = extent.range
  }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    guard own.count == 3, own != sampleShape else {
      return try array.read(index, 1, into: buffer)
    }
    switch try Self.values(array, index, own, sampleShape) {
    case .bytes(let bytes): buffer.copyBytes(from: bytes)
    case .floats(let floats): floats.withUnsafeBytes { buffer.copyMemory(from: $0) }
    }
  }

  /// One sample, channels first.
  private static func values(
    _ array: HDF5Array, _ row: Int, _ own: [Int], _ shape: [Int]
  ) throws(Diagnostic) -> SampleSet.Values {
    var bytes = [UInt8](repeating: 0, count: own.reduce(array.valueSize, *))
    try bytes.withUnsafeMutableBufferPointer { buffer throws(Diagnostic) in
      try array.read(row, 1, into: UnsafeMutableRawBufferPointer(buffer))
    }
    let values = RawArray(type: array.type, shape: own, bytes: bytes, name: array.name).values
    return own.count == 3 && own != shape ? values.movingLastAxisFirst(of: own) : values
  }

  func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String? {
    var digest = FileDigest(trait)
    digest.add("\(array.shape) \(sampleShape)")
    try digest.add(fileAt: path)
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
