import DataSupport
import Foundation
import Testing

@testable import Data

/// What tells changed data from copied data, of sets that are not held in memory.
@Suite struct ContentDigestTests {
  /// A set in files of their own.
  struct Case: CustomTestStringConvertible, Sendable {
    /// The file or folder of `Files` that is copied.
    let name: String
    /// The file in it that changes, and where.
    var changed = ""
    let offset: Int
    let definition: @Sendable (String) -> any DatasetDefinition

    var testDescription: String { name }

    func source(in folder: String) throws -> any IndexedSamples {
      var view = DatasetView()
      view.cache = .none
      return try LoadedDataset(definition("\(folder)/set"), view: view).contents.samples
    }

    func digest(in folder: String, _ memory: TemporaryFolder) throws -> String {
      try #require(try source(in: folder).contentDigest(rememberedIn: memory.path))
    }

    func copy(to folder: TemporaryFolder) throws {
      try FileManager.default.copyItem(
        atPath: fixturePath("formats/\(name)"), toPath: folder.file("set"))
    }
  }

  static let options = PictureOptions(shape: [3, 5, 4])
  static let cases = [
    Case(name: "../odd-images", changed: "/base.jpg", offset: 200) {
      ImageFolder(path: $0, options: options)
    },
    Case(name: "images.npy", offset: -1) { RawArrayFile(.numpy, path: $0, shape: [3, 4, 5]) },
    Case(name: "raw.bin", offset: -1) {
      RawBinary(
        path: $0, shape: [3, 5, 4], values: "int16", isBigEndian: true, skip: 4, channelsLast: true)
    },
    Case(name: "biggan.h5", offset: -1) { HDF5File(path: $0, shape: [3, 5, 4]) },
    Case(name: "stylegan-r02.tfrecords", offset: -1) { TFRecordFile(path: $0, shape: [3, 5, 4]) },
    Case(name: "shard-000.tar", offset: 600) { WebDataset(path: $0, options: options) },
    Case(name: "sounds", changed: "/pcm16.wav", offset: -1) {
      SoundFolder(path: $0, shape: [1, 1, 10])
    },
  ]

  /// Writes a file with one byte changed, and puts its time of writing back.
  private func change(_ path: String, at offset: Int) throws {
    let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
    var bytes = Array(try Foundation.Data(contentsOf: URL(filePath: path)))
    bytes[(offset + bytes.count) % bytes.count] ^= 1
    try Foundation.Data(bytes).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.modificationDate: time as Any], ofItemAtPath: path)
  }

  @Test(arguments: cases)
  func contentsTell(_ set: Case) throws {
    let (first, second, memory) = (
      try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder()
    )
    try set.copy(to: first)
    try set.copy(to: second)
    let digest = try set.digest(in: first.path, memory)
    #expect(digest.hasPrefix("files-") && digest.utf8.count == 22)
    #expect(try set.digest(in: second.path, memory) == digest)
    #expect(memory.names.count == 2)
    // Of the same size and time, and so the same to everyone who does not read.
    try change(second.file("set") + set.changed, at: set.offset)
    #expect(try set.digest(in: second.path, memory) != digest)
    #expect(try set.digest(in: first.path, memory) == digest)
    #expect(memory.names.count == 3)
  }

  /// Of a limited set only the files of its samples are read; classes chosen in another order are other labels.
  @Test func partsOfSets() throws {
    let (folder, memory) = (try TemporaryFolder(), try TemporaryFolder())
    for i in 0..<6 { try folder.picture("\(i % 3)/\(i).png", UInt8(i)) }
    func digest(_ change: (inout DatasetView) -> Void) throws -> String {
      var view = DatasetView()
      view.cache = .none
      change(&view)
      let data = try LoadedDataset(
        ImageFolder(path: folder.path, options: PictureOptions(shape: [3, 2, 2]), classes: 3),
        view: view)
      return try #require(try data.contents.samples.contentDigest(rememberedIn: memory.path))
    }
    let limited = try digest { $0.limit = 2 }
    let (ahead, behind) = (try digest { $0.only = [1, 2] }, try digest { $0.only = [2, 1] })
    #expect(Set([limited, ahead, behind, try digest { _ in }]).count == 4)
    try change(folder.file("2/2.png"), at: -20)
    #expect(try digest { $0.limit = 2 } == limited)
    #expect(try digest { $0.only = [1, 2] } != ahead)
  }

  /// Arrays of one shape in one file, and the same bytes with channels first and last.
  @Test func samplesOfOneFileAreToldApart() throws {
    let (folder, memory) = (try TemporaryFolder(), try TemporaryFolder())
    let raw = try folder.write((0..<54).map { UInt8($0) }, "raw.bin")
    let hdf5 = fixturePath("formats/biggan.h5")
    let definitions: [any DatasetDefinition] = [
      HDF5File(path: hdf5, shape: [3, 5, 4]),
      HDF5File(path: hdf5, shape: [3, 5, 4], array: "floats"),
      RawBinary(path: raw, shape: [3, 3, 3]),
      RawBinary(path: raw, shape: [3, 3, 3], channelsLast: true),
    ]
    let digests = try definitions.map { definition in
      try Case(name: "", offset: 0) { _ in definition }.digest(in: "", memory)
    }
    #expect(Set(digests).count == 4)
  }

  /// In nanoseconds an Int ends in the year 2262.
  @Test func filesOfLaterCenturies() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1], "a")
    let time = Date(timeIntervalSince1970: 1e10)
    try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
    #expect(try FileStamp(path: path).size == 1)
  }

  /// A zip archive has checksums of its members, and its digest is theirs.
  @Test func zipArchives() throws {
    let memory = try TemporaryFolder()
    let digests = try ["stored.zip", "deflated.zip"].map { name in
      try Case(name: name, offset: 0) { _ in
        ImageFolder(path: fixturePath("formats/\(name)"), options: Self.options)
      }.digest(in: "", memory)
    }
    // The same members, stored in one and packed in the other.
    #expect(digests[0].hasPrefix("files-") && digests[0] == digests[1])
  }

  /// A cache on disk has the digest of what it holds, labels aside, which are the source's.
  @Test func cachesHaveTheDigestOfMemory() throws {
    let (folder, cache) = (try TemporaryFolder(), try TemporaryFolder())
    for i in 0..<6 { try folder.picture("\(i % 3)/\(i).png", UInt8(i)) }
    let definition = ImageFolder(
      path: folder.path, options: PictureOptions(shape: [3, 2, 2]), classes: 3)
    let source = try definition.open().samples
    let loaded = try #require(try LoadedDataset(definition).contents.samples.contentDigest())
    for _ in 0..<2 {
      let cached = try DiskCache.open(source, limit: 1 << 20, folder: cache.path)
      #expect(try cached.contentDigest() == loaded)
    }
  }

  @Test func whatIsRememberedIsNotReadAgain() throws {
    let folder = try TemporaryFolder()
    var count = 0
    func digest() throws -> String {
      try DigestMemory.digest(of: "stamps", folder: folder.file("a/b")) {
        count += 1
        return "0123456789abcdef"
      }
    }
    for _ in 0..<2 { #expect(try digest() == "0123456789abcdef") }
    #expect(count == 1)
    try folder.write([7, 7], "a/b/stamps")
    #expect(try digest() == "0123456789abcdef" && count == 2)
    // A file where the folder should be.
    let blocked = try folder.write([], "c")
    #expect(try DigestMemory.digest(of: "stamps", folder: blocked) { "found" } == "found")
  }
}
