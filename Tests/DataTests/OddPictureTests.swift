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
