import CPNG
import Diagnostics

// libpng's full interface reports errors by longjmp, which must not cross Swift frames; the simplified interface of
// png_image returns them.
extension Image {
  /// No picture of several samples has more pixels.
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
