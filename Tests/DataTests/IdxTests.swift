import Diagnostics
import Foundation
import Testing

@testable import Data

@Suite struct IdxTests {
  static let payload = (0..<24).map { UInt8($0 * 7) }
  static let images = idx([4, 2, 3], payload)

  @Test func readsPlainAndCompressed() throws {
    for bytes in [Self.images, gzip(Self.images)] {
      let file = try IdxFile(bytes, path: "images", content: .images)
      #expect(file.shape == [4, 2, 3])
      #expect(file.bytes == Self.payload)
    }
  }

  @Test func readsMembersOfOneGzipFile() throws {
    let bytes = gzip(Array(Self.images[..<9])) + gzip(Array(Self.images[9...]))
    #expect(try IdxFile(bytes, path: "images", content: .images).bytes == Self.payload)
  }

  struct Hostile: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let expected: String
    var content = IdxFile.Content.images
  }

  static let hostile: [Hostile] = [
    Hostile(testDescription: "empty", bytes: [], expected: "starts with nothing"),
    Hostile(testDescription: "three bytes", bytes: [0, 0, 8], expected: "starts with 00 00 08,"),
    Hostile(
      testDescription: "web page", bytes: Array("<html>".utf8), expected: "looks like a web page"),
    Hostile(testDescription: "zip", bytes: [0x50, 0x4b, 3, 4, 0], expected: "zip archive"),
    Hostile(
      testDescription: "labels", bytes: idx([4], [1, 2, 3, 4]), expected: "a file of labels"),
    Hostile(
      testDescription: "images as labels", bytes: images, expected: "a file of images",
      content: .labels),
    Hostile(
      testDescription: "floats", bytes: idx([1, 1, 1], [0, 0, 0, 0], type: 0x0d),
      expected: "only unsigned bytes"),
    Hostile(
      testDescription: "half a header", bytes: Array(images[..<11]), expected: "within its header"),
    Hostile(testDescription: "no images", bytes: idx([0, 2, 3], []), expected: "0 x 2 x 3"),
    Hostile(testDescription: "no columns", bytes: idx([4, 2, 0], []), expected: "4 x 2 x 0"),
    Hostile(
      testDescription: "one byte short", bytes: Array(images.dropLast()),
      expected: "4 x 2 x 3 = 24 bytes, there cannot be more than 23"),
    Hostile(
      testDescription: "one byte more", bytes: images + [0], expected: "more bytes than the 24"),
    Hostile(
      testDescription: "product overflows",
      bytes: idx([0xffff_ffff, 0xffff_ffff, 0xffff_ffff], []),
      expected: "4294967295 x 4294967295 x 4294967295"),
    Hostile(
      testDescription: "larger than the limit", bytes: idx([1 << 20, 1 << 10, 1 << 3], payload),
      expected: "more than the 4294967296"),
    Hostile(
      testDescription: "huge but below the limit", bytes: idx([1 << 20, 1 << 10, 2], payload),
      expected: "there cannot be more than 24"),
    Hostile(
      testDescription: "gz: huge", bytes: gzip(idx([1 << 20, 1 << 10, 2], payload)),
      expected: "there cannot be more than"),
    Hostile(
      testDescription: "gz: short payload", bytes: gzip(Array(images.dropLast(5))),
      expected: "only 19"),
    Hostile(
      testDescription: "gz: longer payload", bytes: gzip(images + [0]),
      expected: "more bytes than the 24"),
    Hostile(
      testDescription: "gz: bomb behind a small header",
      bytes: gzip(images + [UInt8](repeating: 0, count: 1 << 22)),
      expected: "more bytes than the 24"),
    Hostile(
      testDescription: "gz: cut stream", bytes: Array(gzip(images).dropLast(20)),
      expected: "gzip data ends too early"),
    Hostile(
      testDescription: "gz: cut checksum", bytes: Array(gzip(images).dropLast(1)),
      expected: "gzip data ends too early"),
    Hostile(testDescription: "gz: magic alone", bytes: [0x1f, 0x8b], expected: "ends too early"),
    Hostile(
      testDescription: "gz: wrong method",
      bytes: [0x1f, 0x8b, 7] + [UInt8](repeating: 0, count: 30),
      expected: "is damaged"),
    Hostile(
      testDescription: "gz: checksum",
      bytes: gzip(images).enumerated().map {
        $0.offset == gzip(images).count - 6 ? $0.element ^ 1 : $0.element
      }, expected: "is damaged"),
    Hostile(
      testDescription: "gz: trailing garbage", bytes: gzip(images) + [1, 2, 3],
      expected: "3 bytes that are not gzip data"),
    Hostile(testDescription: "gz: not idx", bytes: gzip([1, 2, 3, 4]), expected: "01 02 03 04"),
  ]

  @Test(arguments: hostile) func refuses(_ file: Hostile) throws {
    let failure = #expect(throws: Diagnostic.self) {
      try IdxFile(file.bytes, path: "some/file", content: file.content)
    }
    let text = failure?.rendered ?? ""
    #expect(text.contains(file.expected), "\(text)")
    #expect(text.contains("'some/file'"))
    #expect(failure?.hint != nil)
  }

  @Test func everyPrefixIsRefused() {
    for bytes in [Self.images, gzip(Self.images)] {
      for length in 0..<bytes.count {
        #expect(throws: Diagnostic.self) {
          try IdxFile(Array(bytes[..<length]), path: "x", content: .images)
        }
      }
    }
  }

  @Test func folders() throws {
    let folder = try TemporaryFolder()
    #expect(throws: Diagnostic.self) { try SampleSet(idxFolder: folder.path, split: "train") }
    try folder.write(gzip(Self.images), "train-images-idx3-ubyte.gz")
    #expect(try SampleSet(idxFolder: folder.path, split: "train").labels == nil)
    try folder.write(idx([4], [0, 9, 2, 1]), "train-labels-idx1-ubyte")
    let set = try SampleSet(idxFolder: folder.path, split: "train")
    #expect(set.sampleShape == [1, 2, 3] && set.count == 4)
    #expect(set.labels == [0, 9, 2, 1] && set.classCount == 10)
  }

  @Test func foldersThatAreWrong() throws {
    let folder = try TemporaryFolder()
    func message(_ path: String, _ split: String) -> String {
      let failure = #expect(throws: Diagnostic.self) {
        try LoadedDataset(.init(.idx(path: path, split: split)))
      }
      return failure?.rendered ?? ""
    }
    #expect(message("/no/such/folder", "train").contains("does not exist"))
    #expect(message(folder.path, "tset").contains("did you mean 'test'?"))
    #expect(message(folder.path, "test").contains("t10k-images-idx3-ubyte.gz"))
    try folder.write(Self.images, "t10k-images.idx3-ubyte")
    try folder.write(idx([3], [0, 1, 2]), "t10k-labels.idx1-ubyte")
    #expect(message(folder.path, "test").contains("has 3 labels"))
    try FileManager.default.createDirectory(
      atPath: folder.file("train-images-idx3-ubyte"), withIntermediateDirectories: false)
    #expect(message(folder.path, "train").contains("it is a folder"))
  }

  /// Reads the real set where Debian's package is installed.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist")))
  func fashionMNIST() throws {
    let set = try SampleSet(idxFolder: "/usr/share/datasets/fashion-mnist", split: "test")
    #expect(set.count == 10_000 && set.sampleShape == [1, 28, 28] && set.classCount == 10)
    #expect(set.labels?.prefix(6) == [9, 2, 1, 1, 6, 1])
  }
}
