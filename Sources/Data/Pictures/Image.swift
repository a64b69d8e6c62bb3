/// A picture of 8-bit samples, gray or red-green-blue.
public struct Image: Hashable, Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Rows of pixels.
  public let height: Int
  /// 1 (gray) or 3 (red, green, blue).
  public let channels: Int
  /// Rows from the top, pixels from the left, channels interleaved.
  public var pixels: [UInt8]

  /// Makes a picture of one value.
  public init(width: Int, height: Int, channels: Int, fill: UInt8 = 255) {
    precondition(channels == 1 || channels == 3, "a picture has 1 or 3 channels")
    self.width = width
    self.height = height
    self.channels = channels
    pixels = [UInt8](repeating: fill, count: width * height * channels)
  }
}
