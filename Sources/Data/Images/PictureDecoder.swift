/// Reads pictures of every format that is known, told apart by their first bytes.
public enum PictureDecoder {
  /// Endings of the names that count as pictures.
  static let endings: Set<String> = ["png", "jpg", "jpeg", "webp"]

  private enum Format { case png, jpeg, webp }

  static func decode(_ bytes: [UInt8]) throws(PictureFault) -> Bitmap {
    try open(bytes) { (format, bytes) throws(PictureFault) in
      switch format {
      case .png: try PNGDecoder.decode(bytes)
      case .jpeg: try JPEGDecoder.decode(bytes)
      case .webp: try WebPDecoder.decode(bytes)
      }
    }
  }

  /// The size and kind from the header alone.
  static func info(_ bytes: [UInt8]) throws(PictureFault) -> PictureInfo {
    try open(bytes) { (format, bytes) throws(PictureFault) in
      switch format {
      case .png: try PNGDecoder.info(bytes)
      case .jpeg: try JPEGDecoder.info(bytes)
      case .webp: try WebPDecoder.info(bytes)
      }
    }
  }

  private static func open<R>(
    _ bytes: [UInt8], _ body: (Format, UnsafeRawBufferPointer) throws(PictureFault) -> R
  ) throws(PictureFault) -> R {
    let result = bytes.withUnsafeBytes { raw in
      Result { () throws(PictureFault) in try body(try format(of: raw), raw) }
    }
    return try result.get()
  }

  private static func format(of bytes: UnsafeRawBufferPointer) throws(PictureFault) -> Format {
    if bytes.starts(with: PNGDecoder.magic) { return .png }
    if bytes.starts(with: JPEGDecoder.magic) { return .jpeg }
    if WebPDecoder.matches(bytes) { return .webp }
    if bytes.isEmpty { throw PictureFault("it is empty", hint: "remove it, or copy it again") }
    if Inflater.isGzip(Array(bytes.prefix(2))) {
      throw PictureFault("it is compressed by gzip", hint: "unpack it first")
    }
    let start = bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
    throw PictureFault(
      "it is neither PNG, JPEG nor WebP: it starts with \(start)",
      hint: "convert it, or remove it from the set")
  }
}
