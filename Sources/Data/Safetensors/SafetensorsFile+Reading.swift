import Diagnostics

extension SafetensorsFile {
  /// Reads the file at `path`; whatever is wrong with it is a diagnostic that names it.
  public init(path: String) throws(Diagnostic) {
    do throws(FileError) {
      try self.init(reading: path)
    } catch { throw error.diagnostic }
  }

  private init(reading path: String) throws(FileError) {
    var reader = try FileReader(path: path)
    let (header, _) = try Self.header(&reader, path)
    self.init(metadata: header.metadata)
    for entry in header.entries {
      let bytes = try reader.read(count: entry.end - entry.start)
      guard bytes.count == entry.end - entry.start else {
        throw Self.damaged(path, "it became shorter while it was read")
      }
      tensors[entry.name] = TensorData(entry.elementType, shape: entry.shape, bytes: bytes)
    }
  }

  /// Shapes of the tensors of the file at `path`, by name; only its header is read.
  public static func shapes(in path: String) throws(Diagnostic) -> [String: [Int]] {
    do throws(FileError) {
      var reader = try FileReader(path: path)
      let (header, _) = try header(&reader, path)
      return Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0.shape) })
    } catch { throw error.diagnostic }
  }

  /// Where the tensors of the file at `path` lie, by name.
  static func arrays(in path: String) throws(Diagnostic) -> [String: StoredArray] {
    let header: SafetensorsHeader
    let start: Int
    do throws(FileError) {
      var reader = try FileReader(path: path)
      (header, start) = try Self.header(&reader, path)
    } catch { throw error.diagnostic }
    let file = try RandomAccessFile(path: path)
    var arrays: [String: StoredArray] = [:]
    for entry in header.entries {
      arrays[entry.name] = StoredArray(
        type: entry.elementType.numberType, shape: entry.shape, file: file,
        offset: start + entry.start, name: "\(path)/\(entry.name)")
    }
    return arrays
  }

  /// The checked header, and the byte behind it.
  private static func header(
    _ reader: inout FileReader, _ path: String
  ) throws(FileError) -> (SafetensorsHeader, Int) {
    let lengthBytes = try reader.read(count: 8)
    guard lengthBytes.count == 8 else {
      throw Self.damaged(path, "it is truncated: \(lengthBytes.count) bytes are no header")
    }
    let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Self.headerLimit) else {
      throw Self.damaged(path, "its header would have \(length) bytes")
    }
    guard Int(length) <= reader.size - 8 else {
      throw Self.damaged(
        path, "it is truncated: a header of \(length) bytes in a file of \(reader.size)")
    }
    let json = try reader.read(count: Int(length))
    do throws(SafetensorsHeader.Fault) {
      let header = try SafetensorsHeader(json: json, payload: reader.size - 8 - Int(length))
      return (header, 8 + Int(length))
    } catch { throw Self.damaged(path, error.message) }
  }

  private static func damaged(_ path: String, _ reason: String) -> FileError {
    FileError(
      path: path, message: "\(quoted(path)) is not a sound safetensors file: \(reason)",
      hint: "use another copy of it, or an earlier checkpoint")
  }
}

extension TensorData.ElementType {
  fileprivate var numberType: NumberType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int64: .int64
    case .uint8: .uint8
    }
  }
}
