import Diagnostics
import JSON
import Syntax

/// The checked header of a safetensors file: every tensor's place, in the order of the bytes.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let elementType: TensorData.ElementType
    let shape: [Int]
    /// Bytes behind the header, `start..<end`.
    let start: Int
    let end: Int
  }

  /// A fault of the header, as the end of a sentence that begins with the file's name.
  struct Fault: Error {
    let message: String
    init(_ message: String) { self.message = message }
  }

  /// Without gaps or overlaps, from byte 0 to the last.
  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// Checks `json` against the `size` bytes that follow it.
  init(json: [UInt8], payload size: Int) throws(Fault) {
    guard json.first == UInt8(ascii: "{") else { throw Fault("its header does not begin with '{'") }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(json)
    } catch { throw Fault("at byte \(8 + error.offset) of its header, \(error.message)") }
    guard case .object(let members) = value else { throw Fault("its header is not an object") }
    for member in members {
      if member.name == SafetensorsFile.metadataName {
        metadata = try Self.metadata(member.value)
      } else {
        entries.append(try Self.entry(member))
      }
    }
    entries.sort { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
    try checkPlaces(size)
  }

  /// Every byte belongs to exactly one tensor.
  private func checkPlaces(_ size: Int) throws(Fault) {
    var position = 0
    for entry in entries {
      let name = quoted(entry.name)
      if entry.start < position { throw Fault("tensor \(name) overlaps the one before it") }
      if entry.start > position {
        throw Fault("\(entry.start - position) bytes before tensor \(name) belong to none")
      }
      if entry.end > size {
        throw Fault("it is truncated: tensor \(name) ends at byte \(entry.end) of \(size)")
      }
      position = entry.end
    }
    if position < size {
      throw Fault("\(size - position) bytes behind the last tensor belong to none")
    }
  }

  private static func metadata(_ value: JSONValue) throws(Fault) -> [String: String] {
    guard case .object(let members) = value else {
      throw Fault("its __metadata__ is not an object")
    }
    var metadata: [String: String] = [:]
    for member in members {
      guard case .text(let text) = member.value else {
        throw Fault("its metadata \(quoted(member.name)) is not a string")
      }
      metadata[member.name] = text
    }
    return metadata
  }

  private static func entry(_ member: JSONValue.Member) throws(Fault) -> Entry {
    let name = quoted(member.name)
    guard case .object(let fields) = member.value else {
      throw Fault("the entry of tensor \(name) is not an object")
    }
    if let unknown = fields.first(where: { !["dtype", "shape", "data_offsets"].contains($0.name) })
    {
      throw Fault("tensor \(name) has an unknown field \(quoted(unknown.name))")
    }
    guard case .text(let typeName)? = member.value["dtype"] else {
      throw Fault("tensor \(name) has no dtype")
    }
    guard let type = TensorData.ElementType(rawValue: typeName) else {
      let known = TensorData.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw Fault("tensor \(name) has the dtype \(quoted(typeName)); \(known) can be read")
    }
    guard let shape = sizes(member.value["shape"]) else {
      throw Fault("the shape of tensor \(name) is not a list of sizes")
    }
    guard let offsets = sizes(member.value["data_offsets"]), offsets.count == 2,
      offsets[0] <= offsets[1]
    else { throw Fault("the data_offsets of tensor \(name) are not two places in order") }
    guard let count = byteCount(type, shape) else {
      throw Fault("the shape \(shape) of tensor \(name) is too large")
    }
    guard count == offsets[1] - offsets[0] else {
      throw Fault(
        "tensor \(name) has \(offsets[1] - offsets[0]) bytes, but \(typeName)\(shape) needs \(count)"
      )
    }
    return Entry(
      name: member.name, elementType: type, shape: shape, start: offsets[0], end: offsets[1])
  }

  /// The numbers of a list; nil unless all are integers from 0.
  private static func sizes(_ value: JSONValue?) -> [Int]? {
    guard case .list(let values)? = value else { return nil }
    var sizes: [Int] = []
    for case .integer(let size) in values where size >= 0 { sizes.append(size) }
    return sizes.count == values.count ? sizes : nil
  }

  /// nil where the product overflows.
  ///
  /// The zeros of an empty tensor do not excuse the sizes beside them.
  private static func byteCount(_ type: TensorData.ElementType, _ shape: [Int]) -> Int? {
    let count = Limits.product([type.size] + shape.filter { $0 > 0 }, atMost: .max)
    return count.map { shape.contains(0) ? 0 : $0 }
  }
}
