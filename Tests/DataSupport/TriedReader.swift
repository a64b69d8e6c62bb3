import Diagnostics
import Foundation

@testable import Data

/// A reader of one format with a sound file of it, to be tried on damaged ones.
public struct TriedReader: Sendable {
  public let name: String
  /// The bytes of a sound file.
  public let sound: [UInt8]
  /// Makes checksums of damaged bytes right, so that damage comes through to what lies behind them.
  private let mend: @Sendable ([UInt8]) -> [UInt8]
  /// Reads all of the file at a path.
  public let read: @Sendable (String) throws -> Void
  /// Whether a library is known to crash on some of its files.
  public let isLibrarys: Bool

  private init(
    _ name: String, bytes: [UInt8], mend: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 },
    isLibrarys: Bool = false, _ read: @escaping @Sendable (String) throws -> Void
  ) {
    self.name = name
    self.isLibrarys = isLibrarys
    sound = bytes
    self.mend = mend
    self.read = read
  }

  /// The sound file with the damage of a number.
  public func damaged(_ number: Int) -> [UInt8] { mend(mutated(sound, number)) }

  /// A reader of the set that a definition opens.
  private init(
    _ name: String, bytes: [UInt8], mend: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 },
    isLibrarys: Bool = false, set: @escaping @Sendable (String) -> any DatasetDefinition
  ) {
    self.init(name, bytes: bytes, mend: mend, isLibrarys: isLibrarys) { path in
      let source = try set(path).open().samples
      for index in 0..<min(source.count, 8) { _ = try source.sample(index) }
    }
  }

  private static func picture(
    _ name: String, _ bytes: [UInt8], mend: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }
  ) -> TriedReader {
    TriedReader(name, bytes: bytes, mend: mend) { path in
      _ = try PictureDecoder.decode(try FileReader.contents(of: path, limit: 1 << 20))
        .sample(options)
    }
  }

  private static let shape = [3, 5, 4]
  private static let options = PictureOptions(shape: shape, alpha: .drop, fit: .stretch)

  /// Whether an error says what is wrong with a file, as a user shall hear it.
  public static func isSaid(_ error: any Error) -> Bool {
    error is Diagnostic || error is PictureFault || error is FileError
  }

  /// A reader for each format, with sound files of the folder `files`.
  public static func all(files: String) throws -> [TriedReader] {
    func sound(_ name: String) throws -> [UInt8] {
      Array(try Foundation.Data(contentsOf: URL(filePath: files + "/" + name)))
    }
    return try pictures(sound) + archives(sound) + arrays(sound) + others(sound)
  }

  private typealias Sound = (String) throws -> [UInt8]

  private static func pictures(_ sound: Sound) throws -> [TriedReader] {
    [
      picture("PNG", try sound("formats/photo.png")),
      picture("mended PNG", try sound("formats/photo.png"), mend: mendedPNG),
      picture("palette PNG", try sound("odd-images/pal4_trns.png"), mend: mendedPNG),
      picture("interlaced PNG", try sound("odd-images/adam7.png"), mend: mendedPNG),
      picture("JPEG", try sound("odd-images/base.jpg")),
      picture("progressive JPEG", try sound("odd-images/progressive.jpg")),
      picture("JPEG with Exif", try sound("odd-images/exif6.jpg")),
      picture("CMYK JPEG", try sound("odd-images/cmyk.jpg")),
      picture("WebP", try sound("formats/photo.webp")),
    ]
  }

  private static func archives(_ sound: Sound) throws -> [TriedReader] {
    [
      TriedReader("zip", bytes: try sound("formats/stored.zip")) {
        ImageFolder(path: $0, options: options, classes: 3)
      },
      TriedReader("deflated zip", bytes: try sound("formats/deflated.zip")) {
        ImageFolder(path: $0, options: options)
      },
      TriedReader("tar", bytes: try sound("formats/shard-000.tar")) {
        WebDataset(path: $0, options: options, classes: 3)
      },
      TriedReader("TFRecord", bytes: try sound("formats/stylegan-r02.tfrecords"), set: records),
      TriedReader(
        "mended TFRecord", bytes: try sound("formats/stylegan-r02.tfrecords"), mend: mendedRecords,
        set: records),
    ]
  }

  @Sendable private static func records(_ path: String) -> any DatasetDefinition {
    TFRecordFile(path: path, shape: shape)
  }

  private static func arrays(_ sound: Sound) throws -> [TriedReader] {
    [
      TriedReader("npy", bytes: try sound("formats/images.npy")) {
        RawArrayFile(.numpy, path: $0, shape: [3, 4, 5])
      },
      TriedReader("npz", bytes: try sound("formats/deflated.npz")) {
        RawArrayFile(
          .numpy, path: $0, shape: [3, 4, 5], array: "arr_0", classes: 3, labelArray: "arr_1")
      },
      TriedReader("HDF5", bytes: try sound("formats/biggan.h5"), isLibrarys: true) {
        HDF5File(path: $0, shape: shape, classes: 3, labelArray: "labels")
      },
      TriedReader(
        "HDF5 values", bytes: try sound("formats/filters.h5"),
        mend: damagedIn(try sound("formats/filters.h5"), 5056..<6182)
      ) { HDF5File(path: $0, shape: shape, array: "imgs") },
      TriedReader(
        "HDF5 boxes", bytes: try sound("formats/filters.h5"),
        mend: damagedIn(try sound("formats/filters.h5"), 5056..<6182)
      ) { HDF5File(path: $0, shape: shape, array: "boxes") },
      TriedReader("safetensors", bytes: safetensors) {
        RawArrayFile(.safetensors, path: $0, shape: [3, 4, 5])
      },
      TriedReader("raw", bytes: try sound("formats/raw.bin")) {
        RawBinary(
          path: $0, shape: [3, 5, 4], values: "int16", isBigEndian: true, skip: 4,
          channelsLast: true)
      },
    ]
  }

  private static func others(_ sound: Sound) throws -> [TriedReader] {
    let images = idx([3, 4, 5], (0..<60).map { $0 })
    return [
      TriedReader("idx", bytes: images, readIDX),
      TriedReader("idx.gz", bytes: gzip(images), readIDX),
      TriedReader("CIFAR", bytes: try sound("formats/cifar10/test_batch.bin"), readCIFAR),
      TriedReader("CSV", bytes: try sound("formats/table.csv")) {
        Table(path: $0, shape: [4], categorical: ["job, kind"], without: ["name"])
      },
      TriedReader("WAV", bytes: try sound("formats/sounds/pcm24.wav")) { path in
        let file = try RandomAccessFile(path: path)
        let sound = try WAVFile(file)
        _ = try sound.values(from: 0, min(sound.count, 1000) + 3, in: file)
      },
    ]
  }

  @Sendable private static func readIDX(_ path: String) throws {
    var file = try IdxFile(path: path, content: .images)
    _ = try file.readValues()
  }

  /// The folder of the file counts, in which its name is fixed.
  @Sendable private static func readCIFAR(_ path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    try FileManager.default.linkItem(atPath: path, toPath: folder + "/test_batch.bin")
    defer { try? FileManager.default.removeItem(atPath: folder + "/test_batch.bin") }
    let source = try CIFAR(path: folder, split: "test", classes: 10).open().samples
    for index in 0..<min(source.count, 8) { _ = try source.sample(index) }
  }

  /// A safetensors file of two samples, as its format says.
  private static var safetensors: [UInt8] {
    let header = Array(
      #"{"samples":{"dtype":"U8","shape":[2,3,4,5],"data_offsets":[0,120]}}     "#.utf8)
    return [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header + (0..<120)
  }
}
