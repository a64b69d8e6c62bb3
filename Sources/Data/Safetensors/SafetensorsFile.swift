import JSON

/// Named tensors and their metadata, as a file in the safetensors format holds them.
///
/// Format: the length of the header, 64 bits little-endian; a JSON object from names to element type, shape and
/// place; the bytes of all tensors without gaps. <https://github.com/huggingface/safetensors>
public struct SafetensorsFile: Hashable, Sendable {
  /// By name.
  public var tensors: [String: TensorData]
  /// The strings under `__metadata__`.
  public var metadata: [String: String]

  /// Makes the contents of a file that is yet to be written.
  public init(tensors: [String: TensorData] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The name that the format keeps for itself.
  static let metadataName = "__metadata__"
  /// The longest header that the format's own reader accepts.
  static let headerLimit = 100_000_000
}

// MARK: - Writing

extension SafetensorsFile {
  /// Writes the file at `path`, which is the old one or the new one whatever happens; equal contents give equal
  /// bytes.
  ///
  /// Tensors stand in the order of element size, largest first, then name, so that every element is aligned; a tensor
  /// must not be called `__metadata__`.
  public func write(to path: String) throws(FileError) {
    let names = orderedNames
    let header = header(names)
    try AtomicFile.write(to: path) { (sink: inout FileSink) throws(FileError) in
      try sink.write(header)
      for name in names {
        if let tensor = tensors[name] { try sink.write(tensor.bytes) }
      }
    }
  }

  /// The bytes that `write(to:)` puts into a file.
  public var encoded: [UInt8] {
    let names = orderedNames
    return names.reduce(into: header(names)) { $0 += tensors[$1]?.bytes ?? [] }
  }

  private var orderedNames: [String] {
    precondition(tensors[Self.metadataName] == nil, "a tensor must not be called __metadata__")
    func key(_ name: String) -> (Int, String) { (-(tensors[name]?.elementType.size ?? 0), name) }
    return tensors.keys.sorted { key($0) < key($1) }
  }

  /// Length and JSON, padded by spaces to a multiple of eight bytes.
  private func header(_ names: [String]) -> [UInt8] {
    let tensors = names.compactMap { name in
      self.tensors[name].map { (name: name, type: $0.elementType, shape: $0.shape) }
    }
    return Self.header(of: tensors, metadata: metadata)
  }

  /// The header of tensors that will follow it in this order, without gaps.
  static func header(
    of tensors: [(name: String, type: TensorData.ElementType, shape: [Int])],
    metadata: [String: String]
  ) -> [UInt8] {
    var members: [JSONValue.Member] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.text($0.value)) }
      members.append(.init(metadataName, .object(pairs)))
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.shape.reduce(tensor.type.size, *)
      members.append(
        .init(
          tensor.name,
          .object([
            ("dtype", .text(tensor.type.rawValue)),
            ("shape", .list(tensor.shape.map(JSONValue.integer))),
            ("data_offsets", .list([.integer(offset), .integer(end)])),
          ])))
      offset = end
    }
    var json = Array(JSONValue.object(members).line.utf8)
    json += [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8)
    let length = UInt64(json.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + json
  }
}
