/// A drawing surface in red, green and blue, on which shapes have smooth edges.
///
/// Places are in pixels from the upper left.
struct Canvas {
  /// A colour; components 0...1.
  typealias Colour = SIMD3<Float>

  let width: Int
  let height: Int
  private var pixels: [Colour]

  init(width: Int, height: Int, background: Colour) {
    self.width = width
    self.height = height
    pixels = [Colour](repeating: background, count: width * height)
  }

  /// Lays `colour` over a pixel, `coverage` of it; pixels outside are ignored.
  mutating func blend(x: Int, y: Int, _ colour: Colour, _ coverage: Float) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    let i = y * width + x
    pixels[i] += (colour - pixels[i]) * coverage
  }

  /// Fills a rectangle of whole pixels.
  mutating func fill(x: Range<Int>, y: Range<Int>, _ colour: Colour, opacity: Float = 1) {
    for row in y { for column in x { blend(x: column, y: row, colour, opacity) } }
  }

  /// Draws a disc whose edge fades over one pixel.
  mutating func disc(x: Double, y: Double, radius: Double, _ colour: Colour, opacity: Float) {
    guard abs(x) < 1e6, abs(y) < 1e6 else { return }
    let reach = radius + 1
    for row in Int(y - reach)...Int(y + reach) {
      for column in Int(x - reach)...Int(x + reach) {
        let dx = Double(column) + 0.5 - x
        let dy = Double(row) + 0.5 - y
        let coverage = radius + 0.5 - (dx * dx + dy * dy).squareRoot()
        if coverage > 0 { blend(x: column, y: row, colour, opacity * Float(min(1, coverage))) }
      }
    }
  }

  /// The finished picture.
  var image: Image {
    var image = Image(width: width, height: height, channels: 3)
    for (i, pixel) in pixels.enumerated() {
      for channel in 0..<3 {
        image.pixels[3 * i + channel] = UInt8(min(255, max(0, pixel[channel] * 255 + 0.5)))
      }
    }
    return image
  }
}

// MARK: - Numbers

extension Canvas {
  /// Rows of 3 bits, from the top, of the characters that numbers need.
  private static let glyphs: [Character: [UInt8]] = [
    "0": [7, 5, 5, 5, 7], "1": [2, 6, 2, 2, 7], "2": [7, 1, 7, 4, 7], "3": [7, 1, 7, 1, 7],
    "4": [5, 5, 7, 1, 1], "5": [7, 4, 7, 1, 7], "6": [7, 4, 7, 5, 7], "7": [7, 1, 1, 2, 2],
    "8": [7, 5, 7, 5, 7], "9": [7, 5, 7, 1, 7], "-": [0, 0, 7, 0, 0], ".": [0, 0, 0, 0, 2],
    "e": [0, 7, 7, 4, 7], "+": [0, 2, 7, 2, 0],
  ]
  private static let zoom = 2

  /// Width in pixels of `text` as `write` draws it.
  static func width(of text: String) -> Int { max(0, 4 * text.count - 1) * zoom }

  /// Height in pixels of all text.
  static let textHeight = 5 * zoom

  /// Writes digits, signs and points with the upper left corner at (x, y); other characters are blanks.
  mutating func write(_ text: String, x: Int, y: Int, _ colour: Colour) {
    for (i, character) in text.enumerated() {
      for (row, bits) in (Self.glyphs[character] ?? []).enumerated() {
        for column in 0..<3 where bits >> (2 - column) & 1 == 1 {
          let left = x + (4 * i + column) * Self.zoom
          let top = y + row * Self.zoom
          fill(x: left..<(left + Self.zoom), y: top..<(top + Self.zoom), colour)
        }
      }
    }
  }
}
