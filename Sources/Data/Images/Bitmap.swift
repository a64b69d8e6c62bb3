/// A decoded picture of 8-bit values: grey, grey and alpha, red-green-blue, or these and alpha.
public struct Bitmap: Hashable, Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Rows of pixels.
  public let height: Int
  /// 1 to 4.
  public let channels: Int
  /// Rows from the top, pixels from the left, channels interleaved.
  public var pixels: [UInt8]

  /// Makes a picture; `pixels` must have one value for each channel of each pixel.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(pixels.count == width * height * channels, "pixels and size differ")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Whether the last channel is alpha.
  public var hasAlpha: Bool { channels == 2 || channels == 4 }
  /// Channels besides alpha.
  public var colours: Int { hasAlpha ? channels - 1 : channels }

  /// Each pixel by itself: `map` reads the values of one and writes its `count` new ones.
  func mapPixels(
    to count: Int,
    _ map: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>) -> Void
  ) -> Bitmap {
    let area = width * height
    let mapped = [UInt8](unsafeUninitializedCapacity: area * count) { out, size in
      pixels.withUnsafeBufferPointer { pixels in
        for i in 0..<area {
          map(
            UnsafeBufferPointer(rebasing: pixels[(i * channels)..<((i + 1) * channels)]),
            UnsafeMutableBufferPointer(rebasing: out[(i * count)..<((i + 1) * count)]))
        }
      }
      size = area * count
    }
    return Bitmap(width: width, height: height, channels: count, pixels: mapped)
  }

  /// No side of a picture may be longer.
  static let largestSide = 16384
  /// No picture may have more pixels.
  static let largestArea = 1 << 26

  /// The size of a header, unless it is more than is read.
  static func check(width: Int, height: Int) throws(PictureFault) {
    guard width > 0, height > 0 else { throw PictureFault("it has \(width) x \(height) pixels") }
    guard width <= largestSide, height <= largestSide, width * height <= largestArea else {
      throw PictureFault(
        "it would have \(width) x \(height) pixels; at most \(largestArea) are read, "
          + "\(largestSide) in a row")
    }
  }
}

/// Why a picture cannot be used, as the end of a sentence that begins with its name.
struct PictureFault: Error {
  let message: String
  let hint: String?

  init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

/// What a file is, from its header alone.
public struct PictureInfo: Hashable, Sendable {
  /// PNG, JPEG or WebP.
  public var format: String
  /// Pixels in a row.
  public var width: Int
  /// Rows of pixels.
  public var height: Int
  /// As it is stored: `grey`, `RGB`, `palette`, `grey+alpha`, `RGBA`, `CMYK`.
  public var mode: String
  /// Bits of one value.
  public var depth: Int
}
