import Diagnostics

/// A file in LeCun's idx format (MNIST and its relatives), plain or compressed by gzip: its header, then its values.
///
/// Format: 00 00, type code, number of dimensions; the dimensions, 32 bits big-endian each; the values in C order,
/// big-endian. <http://yann.lecun.com/exdb/mnist/>
public struct IdxFile {
  /// What a file should hold.
  public enum Content: String, Sendable {
    /// Two dimensions or more: images, and the axes of one.
    case images
    /// One dimension.
    case labels
  }

  /// Sizes from the slowest to the fastest dimension, all positive.
  public let shape: [Int]
  let type: NumberType
  let path: String
  private var body: IdxBody
  private let headerSize: Int

  /// A larger payload is refused, whatever a header says.
  static let limit = 4 << 30

  /// Reads the header of the file at `path`.
  public init(path: String, content: Content) throws(Diagnostic) {
    let stored: [UInt8]
    do throws(FileError) {
      stored = try FileReader.contents(of: path, limit: Self.limit)
    } catch { throw error.diagnostic }
    try self.init(stored, path: path, content: content)
  }

  /// Reads the header of the bytes of a file that messages call `path`.
  init(_ stored: [UInt8], path: String, content: Content) throws(Diagnostic) {
    var body = try IdxBody(stored, path: path)
    (type, shape) = try Self.readHeader(&body, content: content)
    self.path = path
    self.body = body
    headerSize = 4 + 4 * shape.count
  }

  /// The values, as they are for bytes and as floats for all other types.
  ///
  /// The header is compared with the size of the file before anything of its size is allocated or unpacked.
  public mutating func readValues() throws(Diagnostic) -> SampleSet.Values {
    let count = try payloadSize()
    let bytes = try body.read(count)
    guard bytes.count == count else { throw truncated(count, found: "only \(bytes.count)") }
    guard try body.read(1).isEmpty else { throw overlong(count) }
    return type == .uint8 ? .bytes(bytes) : .floats(type.floats(bytes, isBigEndian: true))
  }

  /// Checks the first four bytes and reads the dimensions behind them.
  private static func readHeader(
    _ body: inout IdxBody, content: Content
  ) throws(Diagnostic) -> (NumberType, [Int]) {
    let magic = try body.read(4)
    guard magic.count == 4, magic[0] == 0, magic[1] == 0,
      let type = NumberType(idxCode: magic[2]), magic[3] > 0,
      content == .labels ? magic[3] == 1 : magic[3] > 1
    else {
      let expected = content == .labels ? "00 00 08 01" : "00 00 08 03"
      throw Diagnostic(
        .error,
        "\(quoted(body.path)) is not an idx file of \(content.rawValue): "
          + "it starts with \(hex(magic)), expected, for example, \(expected)",
        hint: hint(for: magic))
    }
    let sizes = try body.read(4 * Int(magic[3]))
    guard sizes.count == 4 * Int(magic[3]) else {
      throw Diagnostic(
        .error, "\(quoted(body.path)) ends within its header",
        hint: "the file is truncated; download it again")
    }
    let shape = stride(from: 0, to: sizes.count, by: 4)
      .map { sizes[$0..<($0 + 4)].reduce(0) { $0 << 8 | Int($1) } }
    guard !shape.contains(0) else {
      throw Diagnostic(
        .error,
        "\(quoted(body.path)) announces \(describe(shape)) \(content.rawValue), which is nothing",
        hint: "every size must be positive; download the file again")
    }
    return (type, shape)
  }

  /// The number of bytes that the header announces, refused where the file cannot hold so many.
  private func payloadSize() throws(Diagnostic) -> Int {
    var count = type.size
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= Self.limit else {
        throw Diagnostic(
          .error,
          "\(quoted(path)) announces \(Self.describe(shape)) values, more than the \(Self.limit) bytes that are read",
          hint: "the header is damaged, or the set must be cut into parts")
      }
      count = product
    }
    guard count <= body.largestRest else {
      throw truncated(count, found: "there cannot be more than \(body.largestRest)")
    }
    if let found = try body.countedRest(expected: count, header: headerSize) {
      throw found < count ? truncated(count, found: "only \(found)") : overlong(count)
    }
    return count
  }

  private func truncated(_ count: Int, found: String) -> Diagnostic {
    let width = type.size == 1 ? "" : " x \(type.size)"
    return Diagnostic(
      .error,
      "\(quoted(path)) is truncated: its header announces \(Self.describe(shape))\(width) = \(count) bytes, \(found)",
      hint: "download the file again")
  }

  private func overlong(_ count: Int) -> Diagnostic {
    Diagnostic(
      .error, "\(quoted(path)) has more bytes than the \(count) that its header announces",
      hint: "the header or the data is damaged; download the file again")
  }

  private static func hint(for magic: [UInt8]) -> String {
    switch (magic.first, magic.count) {
    case (_, ..<4): return "the file is truncated; download it again"
    case (UInt8(ascii: "<"), _): return "this looks like a web page; download the file itself"
    case (0x50, _) where magic[1] == 0x4b: return "this is a zip archive; unpack it first"
    default: break
    }
    guard magic[0] == 0, magic[1] == 0 else { return "give the path of an idx file, plain or .gz" }
    guard NumberType(idxCode: magic[2]) != nil else {
      return "type codes are 08 (bytes), 09, 0b, 0c (integers), 0d and 0e (floats)"
    }
    return magic[3] == 1
      ? "this is a file of labels" : magic[3] > 1 ? "this is a file of images" : "check the path"
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "nothing" }
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  static func describe(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: " x ")
  }
}

extension NumberType {
  /// The type that an idx file has this code for; nil where it has none.
  fileprivate init?(idxCode: UInt8) {
    switch idxCode {
    case 0x08: self = .uint8
    case 0x09: self = .int8
    case 0x0b: self = .int16
    case 0x0c: self = .int32
    case 0x0d: self = .float32
    case 0x0e: self = .float64
    default: return nil
    }
  }
}
