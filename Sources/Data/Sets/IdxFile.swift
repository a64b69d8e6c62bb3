import Diagnostics

/// The unsigned bytes of a file in LeCun's idx format (MNIST and its relatives), plain or compressed by gzip.
///
/// Format: 00 00, type code 08, number of dimensions; the dimensions, 32 bits big-endian each; the bytes in C order.
/// <http://yann.lecun.com/exdb/mnist/>
public struct IdxFile: Sendable {
  /// What a file should hold.
  public enum Content: String, Sendable {
    /// Three dimensions: images, rows, columns.
    case images
    /// One dimension.
    case labels

    var dimensionCount: Int { self == .images ? 3 : 1 }
  }

  /// Sizes from the slowest to the fastest dimension, all positive.
  public let shape: [Int]
  /// As many bytes as the product of `shape`.
  public let bytes: [UInt8]

  /// A larger payload is refused, whatever a header says.
  static let limit = 4 << 30

  /// Reads the file at `path`; the header is checked against the file before anything of its size is allocated.
  public init(path: String, content: Content) throws(Diagnostic) {
    let stored: [UInt8]
    do throws(FileError) {
      stored = try FileReader.contents(of: path, limit: Self.limit)
    } catch { throw error.diagnostic }
    try self.init(stored, path: path, content: content)
  }

  /// Reads the bytes of a file that messages call `path`.
  init(_ stored: [UInt8], path: String, content: Content) throws(Diagnostic) {
    var body = try IdxBody(stored, path: path)
    shape = try Self.readShape(&body, content: content)
    let count = try Self.payloadSize(of: shape, in: body)
    bytes = try body.read(count)
    guard bytes.count == count else {
      throw Self.truncated(shape, count: count, found: "only \(bytes.count)", path: path)
    }
    guard try body.read(1).isEmpty else {
      throw Diagnostic(
        .error,
        "\(quoted(path)) has more bytes than the \(count) that its header announces",
        hint: "the header or the data is damaged; download the file again")
    }
  }

  /// Checks the first four bytes and reads the dimensions behind them.
  private static func readShape(
    _ body: inout IdxBody, content: Content
  ) throws(Diagnostic) -> [Int] {
    let magic = try body.read(4)
    let expected: [UInt8] = [0, 0, 8, UInt8(content.dimensionCount)]
    guard magic == expected else {
      throw Diagnostic(
        .error,
        "\(quoted(body.path)) is not an idx file of \(content.rawValue): "
          + "it starts with \(hex(magic)), expected \(hex(expected))",
        hint: hint(for: magic))
    }
    let sizes = try body.read(4 * content.dimensionCount)
    guard sizes.count == 4 * content.dimensionCount else {
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
    return shape
  }

  /// The number of bytes that `shape` announces, refused where the file cannot hold so many.
  private static func payloadSize(of shape: [Int], in body: IdxBody) throws(Diagnostic) -> Int {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= limit else {
        throw Diagnostic(
          .error,
          "\(quoted(body.path)) announces \(describe(shape)) bytes, more than the \(limit) that are read",
          hint: "the header is damaged, or the set must be cut into parts")
      }
      count = product
    }
    guard count <= body.largestRest else {
      throw truncated(
        shape, count: count, found: "there cannot be more than \(body.largestRest)", path: body.path
      )
    }
    return count
  }

  private static func truncated(
    _ shape: [Int], count: Int, found: String, path: String
  ) -> Diagnostic {
    Diagnostic(
      .error,
      "\(quoted(path)) is truncated: its header announces \(describe(shape)) = \(count) bytes, \(found)",
      hint: "download the file again")
  }

  private static func hint(for magic: [UInt8]) -> String {
    switch (magic.first, magic.count) {
    case (_, ..<4): return "the file is truncated; download it again"
    case (UInt8(ascii: "<"), _): return "this looks like a web page; download the file itself"
    case (0x50, _) where magic[1] == 0x4b: return "this is a zip archive; unpack it first"
    default: break
    }
    guard magic[0] == 0, magic[1] == 0 else { return "give the path of an idx file, plain or .gz" }
    if [0x09, 0x0b, 0x0c, 0x0d, 0x0e].contains(magic[2]) {
      return "only unsigned bytes (type code 08) can be read"
    }
    return magic[3] == 1
      ? "this is a file of labels" : magic[3] == 3 ? "this is a file of images" : "check the path"
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "nothing" }
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  private static func describe(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: " x ")
  }
}

/// The bytes of an idx file in order, unpacked on demand.
private struct IdxBody {
  let path: String
  private let stored: [UInt8]
  private let inflater: Inflater?
  private var position = 0

  init(_ stored: [UInt8], path: String) throws(Diagnostic) {
    self.path = path
    self.stored = stored
    do throws(Inflater.Failure) {
      inflater = Inflater.isGzip(stored) ? try Inflater(stored) : nil
    } catch { throw Self.diagnostic(of: error, path: path) }
  }

  /// A bound on the bytes that are still to come.
  var largestRest: Int {
    inflater == nil ? stored.count - position : stored.count * Inflater.largestRatio
  }

  /// The next `count` bytes, fewer where the file ends.
  mutating func read(_ count: Int) throws(Diagnostic) -> [UInt8] {
    guard let inflater else {
      let part = Array(stored[position...].prefix(count))
      position += part.count
      return part
    }
    do throws(Inflater.Failure) {
      return try inflater.read(count: count)
    } catch { throw Self.diagnostic(of: error, path: path) }
  }

  private static func diagnostic(of failure: Inflater.Failure, path: String) -> Diagnostic {
    switch failure {
    case .truncated:
      Diagnostic(
        .error, "\(quoted(path)) is truncated: its gzip data ends too early",
        hint: "download the file again")
    case .damaged(let reason):
      Diagnostic(
        .error, "\(quoted(path)) is damaged: \(quoted(reason)) when unpacking it",
        hint: "download the file again")
    }
  }
}
