import CPNG
import Diagnostics

// libpng's full interface reports errors by longjmp, which must not cross Swift frames; the simplified interface of
// png_image returns them.
extension Image {
  /// More pixels than this are not decoded, whatever a header says.
  package static let pixelLimit = 1 << 26

  /// The picture as a PNG file.
  public func pngData() throws(Diagnostic) -> [UInt8] {
    var image = Self.emptyImage()
    image.width = UInt32(clamping: width)
    image.height = UInt32(clamping: height)
    image.format = Self.format(channels)
    defer { png_image_free(&image) }
    // Filters and headers add a little to each row, and incompressible data a little to each block of deflate.
    var size = pixels.count + pixels.count / 1000 + 2 * height + 4096
    var status: Int32 = 0
    var bytes: [UInt8] = []
    for _ in 0..<2 {
      bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, written in
        status = png_image_write_to_memory(&image, buffer.baseAddress, &size, 0, pixels, 0, nil)
        written = status != 0 ? size : 0
      }
      // When the room was too small, `size` is what is needed now.
      if status != 0 { return bytes }
    }
    throw Diagnostic(.error, "cannot encode a picture: \(quoted(Self.message(of: image)))")
  }

  /// Writes the picture as the PNG file at `path`, the old file or the new one whatever happens.
  public func writePNG(to path: String) throws(Diagnostic) {
    let bytes = try pngData()
    do throws(FileError) {
      try AtomicFile.write(bytes, to: path)
    } catch { throw error.diagnostic }
  }

  /// Reads the PNG file at `path` as gray (`channels` 1) or red-green-blue (3); transparency is laid on white.
  public init(pngFile path: String, channels: Int) throws(Diagnostic) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileReader.contents(of: path, limit: 1 << 30)
    } catch { throw error.diagnostic }
    try self.init(png: bytes, name: path, channels: channels)
  }

  /// Decodes the bytes of a PNG file that messages call `name`.
  init(png bytes: [UInt8], name: String, channels: Int) throws(Diagnostic) {
    var header = Self.emptyImage()
    defer { png_image_free(&header) }
    let decoded: Image? = bytes.withUnsafeBytes { buffer in
      guard png_image_begin_read_from_memory(&header, buffer.baseAddress, buffer.count) != 0,
        header.width <= Self.pixelLimit, header.height <= Self.pixelLimit,
        Int(header.width) * Int(header.height) <= Self.pixelLimit
      else { return nil }
      header.format = Self.format(channels)
      var image = Image(width: Int(header.width), height: Int(header.height), channels: channels)
      var white = png_color(red: 255, green: 255, blue: 255)
      return png_image_finish_read(&header, &white, &image.pixels, 0, nil) != 0 ? image : nil
    }
    guard let decoded else {
      let reason = Self.message(of: header)
      throw Diagnostic(
        .error,
        "cannot read the picture \(quoted(name)): "
          + (reason.isEmpty
            ? "it has \(header.width) x \(header.height) pixels, more than \(Self.pixelLimit)"
            : reason),
        hint: "check that it is a whole PNG file")
    }
    self = decoded
  }

  private static func emptyImage() -> png_image {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    return image
  }

  private static func format(_ channels: Int) -> UInt32 {
    channels == 1 ? 0 : UInt32(PNG_FORMAT_FLAG_COLOR)  // 0 is PNG_FORMAT_GRAY
  }

  private static func message(of image: png_image) -> String {
    withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
