import Diagnostics
import Testing

@testable import Data

@Suite struct ImageTests {
  func pattern(_ width: Int, _ height: Int, _ channels: Int) -> Image {
    var image = Image(width: width, height: height, channels: channels)
    for i in image.pixels.indices {
      image.pixels[i] = UInt8(truncatingIfNeeded: i &* 2_654_435_761 >> 13)
    }
    return image
  }

  @Test(arguments: [(1, 1, 1), (1, 1, 3), (7, 5, 1), (7, 5, 3), (300, 200, 3)])
  func pngRoundTrips(width: Int, height: Int, channels: Int) throws {
    let folder = try TemporaryFolder()
    let image = pattern(width, height, channels)
    try image.writePNG(to: folder.file("a.png"))
    #expect(folder.names == ["a.png"])
    #expect(
      try folder.bytes("a.png").prefix(8) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    let read = try PictureDecoder.decode(folder.bytes("a.png"))
    #expect((read.width, read.height, read.channels) == (width, height, channels))
    #expect(read.pixels == image.pixels)
  }

  @Test func damagedPNGsAreRefused() throws {
    let sound = try pattern(9, 9, 3).pngData()
    var cases = (0..<sound.count).filter { $0 < sound.count - 12 }.map { Array(sound[..<$0]) }
    cases.append(Array("<html>".utf8))
    var huge = sound
    huge[16] = 0x7f  // the width; its checksum no longer fits
    cases.append(huge)
    for bytes in cases {
      #expect(throws: PictureFault.self) { try PictureDecoder.decode(bytes) }
    }
  }

  @Test func anEmptyPictureIsAnError() {
    #expect(throws: Diagnostic.self) { try Image(width: 0, height: 3, channels: 1).pngData() }
  }

  @Test func sampleGridPlacesAndMapsSamples() throws {
    // Three one-pixel images: black, middle, beyond white; enlarged 56 times, gaps of two pixels, 2 columns.
    let image = try Image.sampleGrid([-1, 0, 7], count: 3, shape: [1, 1, 1], range: -1...1)
    #expect(image.width == 2 * 58 + 2 && image.height == 2 * 58 + 2 && image.channels == 1)
    func pixel(_ x: Int, _ y: Int) -> UInt8 { image.pixels[y * image.width + x] }
    #expect(pixel(2, 2) == 0 && pixel(57, 57) == 0 && pixel(58, 30) == 255 && pixel(0, 0) == 255)
    #expect(pixel(60, 2) == 128 && pixel(2, 60) == 255 && pixel(60, 60) == 255)
  }

  @Test func sampleGridInterleavesChannels() throws {
    // Two pixels, planar red, green, blue.
    let image = try Image.sampleGrid(
      [0, 1, 2, 3, 4, 5].map { $0 * 51 }, count: 1, shape: [3, 1, 2], range: 0...255)
    let zoom = 28
    let row = 2 * image.width
    #expect(Array(image.pixels[((row + 2) * 3)..<((row + 3) * 3)]) == [0, 102, 204])
    #expect(Array(image.pixels[((row + 2 + zoom) * 3)..<((row + 3 + zoom) * 3)]) == [51, 153, 255])
  }

  @Test func alphaIsLaidOnWhite() throws {
    // Red, opaque and half transparent; the last channel is alpha: 255 - 128 = 127 of white comes through.
    let image = try Image.sampleGrid(
      [1, 1, 0, 0, 0, 0, 1, 128 / 255], count: 1, shape: [4, 1, 2], range: 0...1)
    #expect(image.channels == 3)
    let left = (2 * image.width + 2) * 3
    let right = left + 28 * 3
    #expect(Array(image.pixels[left..<(left + 3)]) == [255, 0, 0])
    #expect(Array(image.pixels[right..<(right + 3)]) == [255, 127, 127])
    #expect(
      try Image.sampleGrid([0, 0], count: 1, shape: [2, 1, 1], range: 0...1).pixels.allSatisfy {
        $0 == 255
      })
  }

  @Test func strangeValuesAreDrawn() throws {
    let image = try Image.sampleGrid(
      [.nan, .infinity, -.infinity], count: 3, shape: [1, 1], range: 0...1, columns: 9)
    let row = 2 * image.width
    #expect([2, 60, 118].map { image.pixels[row + $0] } == [0, 255, 0])
  }

  @Test(arguments: [[2], [5, 3, 3], [0, 1, 1], [1, 0, 5], [1, 9000, 1], [1, 1, 1, 1], []])
  func shapesThatAreNoPicture(shape: [Int]) {
    #expect(throws: Diagnostic.self) {
      try Image.sampleGrid([], count: 1, shape: shape, range: 0...1)
    }
  }

  /// Sound samples of which there is just no picture.
  @Test func samplesWithALongSideAreNotDrawn() throws {
    let folder = try TemporaryFolder()
    let set = SampleSet(
      sampleShape: [1, 4, 9000], values: .bytes([UInt8](repeating: 1, count: 36_000)))
    let path = try SamplePicture.write(
      LoadedDataset(.finite(set)), name: "a", seed: 0, in: folder.path)
    #expect(path == nil && folder.names.isEmpty)
  }

  @Test func scatterShowsBothKinds() {
    let empty = Image.scatter(real: [], generated: [], limits: -1...1)
    let real = Image.scatter(real: [0.5, 0.5], generated: [], limits: -1...1)
    let both = Image.scatter(real: [0.5, 0.5], generated: [-0.5, -0.5], limits: -1...1)
    #expect(empty.width == 512 && empty.height == 512 && empty.channels == 3)
    func difference(_ a: Image, _ b: Image) -> [(x: Int, y: Int)] {
      let changed: [Int] = (0..<(512 * 512)).filter { a.pixels[3 * $0] != b.pixels[3 * $0] }
      return changed.map { (x: $0 % 512, y: $0 / 512) }
    }
    let upperRight = difference(empty, real)
    let lowerLeft = difference(real, both)
    #expect(!upperRight.isEmpty && upperRight.allSatisfy { $0.x > 300 && $0.y < 200 })
    #expect(!lowerLeft.isEmpty && lowerLeft.allSatisfy { $0.x < 250 && $0.y > 300 })
  }

  @Test(
    arguments: [
      [.nan, 0, .infinity, 1, 3e38, -3e38], [0, 0], [1], [], [1e30, -1e30], [5, 5, 5, 5],
      [.leastNonzeroMagnitude, -.leastNonzeroMagnitude],
    ] as [[Float]]) func scatterTakesAnyPoints(points: [Float])
  {
    #expect(Image.scatter(real: points, generated: points).pixels.count == 512 * 512 * 3)
    #expect(Image.scatter(real: [], generated: points, limits: 2...2).height == 512)
  }
}
