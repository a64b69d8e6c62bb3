import Diagnostics
import Foundation
import Random
import Testing

@testable import Data

/// Damaged files: each reader gives its samples or a diagnostic, and neither traps nor hangs.
///
/// 500 mutations a reader here; `ADVAS_MUTATIONS=20000` asks for more, under the address sanitizer.
@Suite(.serialized) struct MutationTests {
  struct Reader: CustomTestStringConvertible {
    let name: String
    /// The bytes of a sound file.
    let sound: @Sendable () throws -> [UInt8]
    /// Reads all of the file at a path.
    let read: @Sendable (String) throws -> Void
    var testDescription: String { name }

    init(
      _ name: String, bytes: @escaping @Sendable () throws -> [UInt8],
      _ read: @escaping @Sendable (String) throws -> Void
    ) {
      self.name = name
      sound = bytes
      self.read = read
    }

    /// A reader of a file below `Files`.
    init(_ name: String, _ file: String, _ read: @escaping @Sendable (String) throws -> Void) {
      self.init(name, bytes: { try fixture(file) }, read)
    }

    /// A reader of the set that a definition opens.
    init(_ name: String, _ file: String, set: @escaping @Sendable (String) -> any DatasetDefinition)
    {
      self.init(name, file) { path in
        guard case .finite(let source) = try set(path).open() else { return }
        for index in 0..<min(source.count, 8) { _ = try source.sample(index) }
      }
    }
  }

  static let shape = [3, 5, 4]
  static let options = PictureOptions(shape: shape, alpha: .drop, fit: .stretch)

  static func picture(_ name: String, _ file: String) -> Reader {
    Reader(name, file) { path in
      _ = try PictureDecoder.decode(try FileReader.contents(of: path, limit: 1 << 20))
        .sample(options)
    }
  }

  static func readIDX(_ path: String) throws {
    var file = try IdxFile(path: path, content: .images)
    _ = try file.readValues()
  }

  /// A safetensors file of two samples, as its format says.
  static func safetensors() -> [UInt8] {
    let header = Array(
      #"{"samples":{"dtype":"U8","shape":[2,3,4,5],"data_offsets":[0,120]}}     "#.utf8)
    return [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header + (0..<120)
  }

  static let readers = [
    picture("PNG", "formats/photo.png"), picture("palette PNG", "odd-images/pal4_trns.png"),
    picture("interlaced PNG", "odd-images/adam7.png"), picture("JPEG", "odd-images/base.jpg"),
    picture("progressive JPEG", "odd-images/progressive.jpg"),
    picture("JPEG with Exif", "odd-images/exif6.jpg"), picture("CMYK JPEG", "odd-images/cmyk.jpg"),
    picture("WebP", "formats/photo.webp"),
    Reader("zip", "formats/stored.zip") { ImageFolder(path: $0, options: options, classes: 3) },
    Reader("deflated zip", "formats/deflated.zip") { ImageFolder(path: $0, options: options) },
    Reader("npy", "formats/images.npy") { RawArrayFile(.numpy, path: $0, shape: [3, 4, 5]) },
    Reader("npz", "formats/deflated.npz") {
      RawArrayFile(
        .numpy, path: $0, shape: [3, 4, 5], array: "arr_0", classes: 3, labelArray: "arr_1")
    },
    Reader("tar", "formats/shard-000.tar") { WebDataset(path: $0, options: options, classes: 3) },
    Reader("HDF5", "formats/biggan.h5") {
      HDF5File(path: $0, shape: shape, classes: 3, labelArray: "labels")
    },
    Reader("TFRecord", "formats/stylegan-r02.tfrecords") { TFRecordFile(path: $0, shape: shape) },
    Reader("CSV", "formats/table.csv") {
      Table(path: $0, shape: [4], categorical: ["job, kind"], without: ["name"])
    },
    Reader("WAV", "formats/sounds/pcm24.wav") { path in
      let file = try WAVFile(try FileReader.contents(of: path, limit: 1 << 20), name: path)
      _ = file.values(from: 0, min(file.count, 1000) + 3)
    },
    Reader("idx", bytes: { idx([3, 4, 5], (0..<60).map { $0 }) }, readIDX),
    Reader("idx.gz", bytes: { gzip(idx([3, 4, 5], (0..<60).map { $0 })) }, readIDX),
    Reader("safetensors", bytes: safetensors) {
      guard
        case .finite(let source) = try RawArrayFile(.safetensors, path: $0, shape: [3, 4, 5]).open()
      else { return }
      for index in 0..<min(source.count, 8) { _ = try source.sample(index) }
    },
    Reader("raw", "formats/raw.bin") {
      RawBinary(
        path: $0, shape: [3, 5, 4], values: "int16", isBigEndian: true, skip: 4, channelsLast: true)
    },
    Reader("CIFAR", "formats/cifar10/test_batch.bin") { path in
      let folder = URL(filePath: path).deletingLastPathComponent().path
      try FileManager.default.moveItem(atPath: path, toPath: folder + "/test_batch.bin")
      defer { try? FileManager.default.removeItem(atPath: folder + "/test_batch.bin") }
      _ = try CIFAR(path: folder, split: "test", classes: 10).open()
    },
  ]

  static var count: Int {
    ProcessInfo.processInfo.environment["ADVAS_MUTATIONS"].flatMap { Int($0) } ?? 500
  }

  @Test(arguments: readers) func neitherTrapsNorHangs(_ reader: Reader) throws {
    let sound = try reader.sound()
    let folder = try TemporaryFolder()
    var refused = 0
    for number in 0..<Self.count {
      let path = try folder.write(Self.mutated(sound, number), "file\(number)")
      do { try reader.read(path) } catch {
        let isSaid = error is Diagnostic || error is PictureFault || error is FileError
        #expect(isSaid, "\(error)")
        refused += 1
      }
      try? FileManager.default.removeItem(atPath: path)
    }
    #expect(refused > Self.count / 50, "\(refused) of \(Self.count) were refused")
  }

  /// One to four changes: bytes, runs, cuts and insertions, at places that the number decides.
  static func mutated(_ bytes: [UInt8], _ number: Int) -> [UInt8] {
    let random = RandomStream(seed: 9, name: "mutations")
    var bytes = bytes
    for change in 0..<(1 + number % 4) {
      func draw(_ bound: Int, _ place: Int) -> Int {
        random.uniformInt(below: max(1, bound), at: 4 * change + place, step: UInt64(number))
      }
      let place = draw(bytes.count, 0)
      guard place < bytes.count else { return bytes }
      let length = min(bytes.count - place, 1 + draw(8, 1))
      switch draw(6, 2) {
      case 0: bytes[place] ^= 1 << UInt8(draw(8, 3))
      case 1: bytes[place] = UInt8(draw(256, 3))
      case 2: for i in 0..<length { bytes[place + i] = 255 }
      case 3: for i in 0..<length { bytes[place + i] = 0 }
      case 4: bytes.removeSubrange(place..<(draw(3, 3) == 0 ? bytes.count : place + length))
      default: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
      }
    }
    return bytes
  }
}
