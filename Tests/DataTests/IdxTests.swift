import DataSupport
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Data

@Suite struct IdxTests {
  static let payload = (0..<24).map { UInt8($0 * 7) }
  static let images = idx([4, 2, 3], payload)

  func bytesOf(_ file: inout IdxFile) throws -> [UInt8]? {
    if case .bytes(let bytes) = try file.readValues() { bytes } else { nil }
  }

  func open(
    _ path: String, split: String = "train", shape: [Int] = [1, 2, 3], classes: Int = 10
  ) throws -> SampleSet {
    let definition = IdxFolder(path: path, split: split, shape: shape, classes: classes)
    return try #require(try definition.open().samples as? SampleSet)
  }

  @Test func readsPlainAndCompressed() throws {
    for bytes in [Self.images, gzip(Self.images)] {
      var file = try IdxFile(bytes, path: "images", content: .images)
      #expect(file.shape == [4, 2, 3])
      #expect(try bytesOf(&file) == Self.payload)
    }
  }

  @Test func readsMembersOfOneGzipFile() throws {
    let bytes = gzip(Array(Self.images[..<9])) + gzip(Array(Self.images[9...]))
    var file = try IdxFile(bytes, path: "images", content: .images)
    #expect(try bytesOf(&file) == Self.payload)
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
      testDescription: "unknown type", bytes: idx([1, 1, 1], [0, 0, 0, 0], type: 0x0a),
      expected: "type codes are 08"),
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
      var opened = try IdxFile(file.bytes, path: "some/file", content: file.content)
      _ = try opened.readValues()
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
          var file = try IdxFile(Array(bytes[..<length]), path: "x", content: .images)
          _ = try file.readValues()
        }
      }
    }
  }

  @Test func folders() throws {
    let folder = try TemporaryFolder()
    #expect(throws: Diagnostic.self) { try open(folder.path) }
    try folder.write(gzip(Self.images), "train-images-idx3-ubyte.gz")
    #expect(try open(folder.path).labels == nil)
    try folder.write(idx([4], [0, 9, 2, 1]), "train-labels-idx1-ubyte")
    let set = try open(folder.path)
    #expect(set.sampleShape == [1, 2, 3] && set.count == 4)
    #expect(set.labels == .classes([0, 9, 2, 1], count: 10))
  }

  @Test func foldersThatAreWrong() throws {
    let folder = try TemporaryFolder()
    func message(_ path: String, _ split: String) -> String {
      let failure = #expect(throws: Diagnostic.self) {
        try LoadedDataset(IdxFolder(path: path, split: split, shape: [1, 2, 3], classes: 10))
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

  @Test func coloursComeFirstOrLast() throws {
    let folder = try TemporaryFolder()
    // Two images of 2 rows, 1 column and 3 channels: NumPy's moveaxis(x, -1, 1) of 0...11.
    try folder.write(idx([2, 2, 1, 3], (0..<12).map { UInt8($0) }), "train-images-idx4-ubyte")
    let last = try open(folder.path, shape: [3, 2, 1])
    #expect(try read(last, 0) + read(last, 1) == [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11])
    let first = try open(folder.path, shape: [2, 1, 3])
    #expect(try read(first, 1) == [6, 7, 8, 9, 10, 11])
    let failure = #expect(throws: Diagnostic.self) { try open(folder.path, shape: [1, 28, 28]) }
    #expect(failure?.message.contains("[1, 28, 28] in the spec, but [2, 1, 3] in") == true)
    #expect(failure?.message.contains("2 x 2 x 1 x 3") == true)
  }

  func read(_ set: SampleSet, _ index: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: set.sampleBytes)
    try bytes.withUnsafeMutableBytes { try set.read(index, into: $0) }
    return bytes
  }

  @Test func everyTypeOfValuesIsRead() throws {
    let numbers: [(type: UInt8, bytes: [UInt8], values: [Float])] = [
      (0x09, [0xff, 0x7f], [-1, 127]),
      (0x0b, [0xff, 0xfe, 0x01, 0x00], [-2, 256]),
      (0x0c, [0xff, 0xff, 0xff, 0xfd, 0, 1, 0, 0], [-3, 65536]),
      (0x0d, [0x3f, 0xc0, 0, 0, 0xc0, 0x20, 0, 0], [1.5, -2.5]),
      (0x0e, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0x04, 0, 0, 0, 0, 0, 0], [1.5, -2.5]),
    ]
    for (type, bytes, values) in numbers {
      let folder = try TemporaryFolder()
      try folder.write(idx([2, 1], bytes, type: type), "train-images-idx2-double")
      let set = try open(folder.path, shape: [1])
      #expect(set.element == .float && set.values.doubles == values.map { Double($0) })
      #expect(set.bounds == Double(values.min() ?? 0)...Double(values.max() ?? 0))
    }
  }

  @Test func valuesThatAreNotFiniteAreRefused() throws {
    let folder = try TemporaryFolder()
    let bytes: [UInt8] = [0x3f, 0xc0, 0, 0, 0x7f, 0x80, 0, 0]
    try folder.write(idx([2, 1], bytes, type: 0x0d), "train-images-idx2-float")
    let failure = #expect(throws: Diagnostic.self) { try open(folder.path, shape: [1]) }
    #expect(failure?.message.hasPrefix("sample 1 of ") == true)
    #expect(failure?.message.hasSuffix("has a value that is not finite: inf") == true)
  }

  @Test func aClassMayBeMissingButNoneMayBeTooMany() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.images, "train-images-idx3-ubyte")
    try folder.write(idx([4], [0, 2, 1, 0]), "train-labels-idx1-ubyte")
    #expect(try open(folder.path, classes: 10).labels?.width == 10)
    let failure = #expect(throws: Diagnostic.self) { try open(folder.path, classes: 2) }
    #expect(failure?.message.contains("label 1 of") == true)
    #expect(failure?.message.contains("is 2, but classes are 0...1") == true)
  }

  @Test func aFileThatLiesAboutItsSizeIsNotUnpackedIntoMemory() throws {
    // 64 MiB of zeros in two members behind a header that announces one byte less.
    let zeros = [UInt8](repeating: 0, count: 1 << 25)
    let bomb = gzip(idx([(1 << 26) - 1, 1], [])) + gzip(zeros) + gzip(zeros)
    let bound = 48 << 20
    var growth = Int.max
    // Other tests take memory meanwhile: the least of some tries counts. A peak that stays grows in the first alone.
    for _ in 0..<(forgetPeak() ? 5 : 1) where growth >= bound {
      forgetPeak()
      let before = peakMemory
      let failure = #expect(throws: Diagnostic.self) {
        var file = try IdxFile(bomb, path: "bomb", content: .images)
        _ = try file.readValues()
      }
      #expect(failure?.message.contains("more bytes than the 67108863") == true)
      growth = min(growth, peakMemory - before)
    }
    #expect(growth < bound)
  }

  /// Makes what this process has in memory now the most so far; `false` where the system does not forget.
  @discardableResult private func forgetPeak() -> Bool {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return false }
    defer { try? file.close() }
    return (try? file.write(contentsOf: Array("5".utf8))) != nil
  }

  /// Reads the real set where Debian's package is installed.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist")))
  func fashionMNIST() throws {
    let set = try open("/usr/share/datasets/fashion-mnist", split: "test", shape: [1, 28, 28])
    #expect(set.count == 10_000 && set.sampleShape == [1, 28, 28])
    #expect(set.labels?.classes?.prefix(6) == [9, 2, 1, 1, 6, 1])
  }
}
