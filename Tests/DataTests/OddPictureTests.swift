import DataSupport
import Diagnostics
import Testing

@testable import Data

/// A picture of each odd kind, with the values that it is to have.
@Suite struct OddPictureTests {
  struct Case: CustomTestStringConvertible {
    let file: String
    let channels: Int
    let pixels: [UInt8]
    var testDescription: String { file }
  }

  /// What viewers show: bits spread over 0...255, 16 bits by their high byte, no gamma, alpha apart.
  static let read = [
    Case(file: "gray1.png", channels: 1, pixels: [255, 0, 255, 0]),
    Case(file: "gray2.png", channels: 1, pixels: [0, 85, 170, 255]),
    Case(file: "gray4.png", channels: 1, pixels: [0, 255, 51, 119]),
    Case(file: "gray16.png", channels: 1, pixels: [0, 0, 156, 255]),
    Case(file: "rgb16.png", channels: 3, pixels: [0, 156, 255]),
    Case(file: "ga8.png", channels: 2, pixels: [200, 255, 200, 0]),
    Case(file: "rgba8.png", channels: 4, pixels: [255, 0, 0, 255, 255, 0, 0, 128]),
    Case(file: "gray8_trns.png", channels: 2, pixels: [10, 0, 200, 255]),
    Case(file: "rgb8_gama.png", channels: 3, pixels: [100, 150, 200]),
    Case(file: "cmyk.jpg", channels: 3, pixels: [255, 0, 0]),
  ]

  func bytes(_ file: String) throws -> [UInt8] { try fixture("odd-images/\(file)") }

  @Test(arguments: read) func isRead(_ odd: Case) throws {
    let picture = try PictureDecoder.decode(try bytes(odd.file))
    #expect(picture.channels == odd.channels)
    #expect(Array(picture.pixels.prefix(odd.pixels.count)) == odd.pixels)
  }

  static let refused = [
    ("pal_out_of_range.png", "of a palette of"), ("truncated.png", "no sound PNG file"),
    ("no_iend.png", "no sound PNG file"), ("truncated.jpg", "Premature end of JPEG file"),
    ("base_cut.jpg", "Premature end of JPEG file"),
  ]

  @Test(arguments: refused) func isRefused(file: String, reason: String) throws {
    let bytes = try bytes(file)
    let fault = #expect(throws: PictureFault.self) { try PictureDecoder.decode(bytes) }
    #expect(fault?.message.contains(reason) == true, "\(fault?.message ?? "")")
  }

  @Test func interlacedAndPalettePictures() throws {
    let interlaced = try PictureDecoder.decode(try bytes("adam7.png"))
    #expect((interlaced.width, interlaced.height) == (2, 2))
    let palette = try PictureDecoder.decode(try bytes("pal4_trns.png"))
    #expect(palette.channels == 4)
  }

  /// Sixteen colours of four bits, interlaced, in memory that was others' before.
  @Test func interlacedPicturesOfFewColours() throws {
    let side = 32
    func colour(_ x: Int, _ y: Int) -> Int { (3 * x + 5 * y) % 16 }
    var rows: [UInt8] = []
    // Where each pass begins, and its steps.
    let passes = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ]
    for (left, top, across, down) in passes {
      for y in stride(from: top, to: side, by: down) {
        rows.append(0)
        for x in stride(from: left, to: side, by: 2 * across) {
          rows.append(UInt8(colour(x, y) << 4 | colour(x + across, y)))
        }
      }
    }
    let bytes = png(
      header: [0, 0, 0, UInt8(side), 0, 0, 0, UInt8(side), 4, 3, 0, 0, 1],
      palette: (0..<16).flatMap { [UInt8(16 * $0), 0, 255] }, rows)
    // What was freed last is given out first, and a packed picture has as many bytes.
    let used = (0..<7).map { _ in [UInt8](repeating: 255, count: side * side / 2) }
    #expect(used.count == 7)
    let picture = try PictureDecoder.decode(bytes)
    #expect((picture.width, picture.height, picture.channels) == (side, side, 3))
    let found = stride(from: 0, to: picture.pixels.count, by: 3).map { picture.pixels[$0] / 16 }
    #expect(found == (0..<(side * side)).map { UInt8(colour($0 % side, $0 / side)) })
  }

  /// A file of these chunks, whose rows are stored as they are.
  private func png(header: [UInt8], palette: [UInt8], _ rows: [UInt8]) -> [UInt8] {
    func big(_ value: Int) -> [UInt8] { little(value, 4).reversed() }
    func chunk(_ type: String, _ bytes: [UInt8]) -> [UInt8] {
      big(bytes.count) + Array(type.utf8) + bytes + big(0)
    }
    var sums = (1, 0)
    for byte in rows {
      sums.0 = (sums.0 + Int(byte)) % 65521
      sums.1 = (sums.1 + sums.0) % 65521
    }
    let block: [UInt8] = [0x78, 1, 1] + little(rows.count, 2) + little(~rows.count, 2)
    let data = block + rows + big(sums.1 << 16 | sums.0)
    let chunks = chunk("IHDR", header) + chunk("PLTE", palette) + chunk("IDAT", data)
    return mendedPNG(PNGDecoder.magic + chunks + chunk("IEND", []))
  }

  @Test func greyAndProgressiveJPEG() throws {
    #expect(try PictureDecoder.decode(try bytes("gray.jpg")).channels == 1)
    let bytes = try bytes("progressive.jpg")
    #expect(try PictureDecoder.decode(bytes).channels == 3)
    let info = try PictureDecoder.info(bytes)
    #expect(info.format == "JPEG" && info.mode == "RGB" && info.depth == 8)
  }

  /// A decompressor that gave up within one file is not asked for another.
  @Test func damagedFilesLeaveSoundOnesAlone() throws {
    let (damaged, sound) = (try bytes("progressive.jpg"), try bytes("exif6.jpg"))
    let expected = try PictureDecoder.decode(sound).pixels
    for number in 0..<20 {
      _ = try? PictureDecoder.decode(mutated(damaged, number))
      #expect(try PictureDecoder.decode(sound).pixels == expected, "after damage \(number)")
    }
  }

  @Test func orientationIsHeeded() throws {
    // Stored as 8 x 4 or so; viewers turn it by a quarter.
    let bytes = try bytes("exif6.jpg")
    let info = try PictureDecoder.info(bytes)
    let picture = try PictureDecoder.decode(bytes)
    #expect((picture.width, picture.height) == (info.height, info.width))
    #expect(bytes.withUnsafeBytes { JPEGMarkers.orientation($0) } == 6)
  }

  @Test func everyOrientation() {
    // Rows ab, cd, ef, as the eight orientations show them.
    let picture = Bitmap(width: 2, height: 3, channels: 1, pixels: [1, 2, 3, 4, 5, 6])
    let shown: [[UInt8]] = [
      [1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5], [6, 5, 4, 3, 2, 1], [5, 6, 3, 4, 1, 2],
      [1, 3, 5, 2, 4, 6], [5, 3, 1, 6, 4, 2], [6, 4, 2, 5, 3, 1], [2, 4, 6, 1, 3, 5],
    ]
    for (i, pixels) in shown.enumerated() {
      #expect(picture.turned(i + 1).pixels == pixels, "orientation \(i + 1)")
    }
  }

  @Test func transparencyNeedsAWord() throws {
    let picture = try PictureDecoder.decode(try bytes("rgba8.png"))
    func sample(_ alpha: PictureOptions.Alpha?, channels: Int = 3) throws -> [UInt8] {
      let shape = [channels, picture.height, picture.width]
      return try picture.sample(PictureOptions(shape: shape, alpha: alpha))
    }
    let fault = #expect(throws: PictureFault.self) { try sample(nil) }
    #expect(fault?.hint?.contains("alpha: drop") == true)
    #expect(try sample(.drop) == [255, 255, 0, 0, 0, 0])
    #expect(try sample(.over([255, 255, 255])) == [255, 255, 0, 127, 0, 127])
    #expect(try sample(.keep, channels: 4) == [255, 255, 0, 0, 0, 0, 255, 128])
  }

  @Test func marginsOfGreyAreTheGreyOfTheColour() throws {
    // 0.299 · 10 + 0.587 · 200 + 0.114 · 30 = 123.8
    let picture = Bitmap(width: 1, height: 2, channels: 1, pixels: [7, 9])
    let options = PictureOptions(shape: [1, 2, 2], alpha: .over([10, 200, 30]), fit: .pad)
    #expect(try picture.sample(options) == [7, 124, 9, 124])
  }
}
