import Diagnostics
import Syntax

/// Numbers in a file without a header, whose layout the spec declares.
public struct RawBinary: DatasetDefinition {
  public let path: String?
  public let sampleShape: [Int]
  /// NumPy's name of the type: `uint8`, `float32`.
  public var values: String
  /// Whether the high byte of a number comes first.
  public var isBigEndian: Bool
  /// Bytes before the first sample.
  public var skip: Int
  /// Whether channels are the last axis in the file.
  public var channelsLast: Bool

  public init(
    path: String, shape: [Int], values: String = "uint8", isBigEndian: Bool = false, skip: Int = 0,
    channelsLast: Bool = false
  ) {
    self.path = path
    sampleShape = shape
    self.values = values
    self.isBigEndian = isBigEndian
    self.skip = skip
    self.channelsLast = channelsLast
  }

  public var labelWidth: Int? { nil }
  public var valueRange: ClosedRange<Double>? { values == "uint8" ? 0...255 : nil }

  static let types: [(name: String, type: NumberType)] = [
    ("uint8", .uint8), ("int8", .int8), ("uint16", .uint16), ("int16", .int16), ("uint32", .uint32),
    ("int32", .int32), ("float16", .float16), ("float32", .float32), ("float64", .float64),
  ]

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    let file = try RandomAccessFile(path: path ?? ".")
    let type = Self.types.first { $0.name == values }?.type ?? .uint8
    let size = sampleShape.reduce(type.size, *)
    let found = file.size - skip
    guard found > 0, found.isMultiple(of: size) else {
      throw Diagnostic(
        .error,
        "\(quoted(file.path)) has \(file.size) bytes, which are no \(skip) and whole samples of \(size)",
        hint: "a sample is \(sampleShape) of \(values); check 'shape', 'values' and 'skip'")
    }
    let layout = SampleLayout(of: sampleShape, channelsLast: channelsLast)
    let array = StoredArray(
      type: type, shape: [found / size] + layout.stored, isBigEndian: isBigEndian, file: file,
      offset: skip, name: file.path)
    return .finite(try StoredSamples(array, layout, labels: nil))
  }
}

extension DatasetType {
  private static let values = Key(
    "values", .choice(RawBinary.types.map { $0.name }), default: "uint8", "Type of the numbers.")
  private static let order = Key(
    "byte_order", .choice(["little", "big"]), default: "little", "Which byte of a number is first.")
  private static let skip = Key(
    "skip", .integer(in: 0...(1 << 40)), default: 0, "Bytes before the first sample.")
  private static let layout = Key(
    "layout", .choice(["channels_first", "channels_last"]), default: "channels_first",
    "Which axis of a sample channels are in the file.")

  static let raw = DatasetType(
    "raw", "Numbers in a file without a header, as the keys declare them.",
    keys: [DataKeys.path, DataKeys.shape, values, order, skip, layout]
  ) {
    RawBinary(
      path: $0[DataKeys.path], shape: $0[DataKeys.shape], values: $0[values],
      isBigEndian: $0[order] == "big", skip: $0[skip], channelsLast: $0[layout] == "channels_last")
  }
}
