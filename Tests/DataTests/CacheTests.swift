import DataSupport
import Diagnostics
import Foundation
import Testing

@testable import Data

/// Sets that are not kept in memory: the same batches, however and wherever samples are kept.
@Suite struct CacheTests {
  /// Twenty pictures of one grey each.
  func folder(count: Int = 20) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for i in 0..<count { try folder.picture("\(i + 10).png", UInt8(i * 5)) }
    return folder
  }

  func data(
    _ folder: TemporaryFolder, _ cache: DatasetView.Cache, size: Int = 4 << 30
  ) throws -> LoadedDataset {
    var view = DatasetView()
    view.cache = cache
    view.cacheSize = size
    return try LoadedDataset(
      ImageFolder(path: folder.path, options: PictureOptions(shape: [3, 2, 2])), view: view)
  }

  func batches(_ data: LoadedDataset) throws -> BatchSource {
    try BatchSource(dataset: data, batch: 6, seed: 4, player: "p", shuffleKey: "x")
  }

  @Test func batchesAreThoseOfSetsInMemory() throws {
    let folder = try folder()
    let inMemory = try batches(data(folder, .memory))
    let lazily = try batches(data(folder, .none))
    // In order, across epochs of three batches, and then anywhere, as after a resumption.
    for k in [0, 1, 2, 3, 4, 5, 6, 7, 100, 3, 2, 3, 4, 50, 51] {
      #expect(try lazily.values(k) == inMemory.values(k), "batch \(k)")
    }
    #expect(lazily.time > .zero && inMemory.time > .zero)
  }

  @Test func cachesOnDisk() throws {
    let (folder, cache) = (try folder(), try TemporaryFolder())
    let source = try data(folder, .none).contents.samples
    // What a process left that was killed while it wrote goes.
    try cache.write([1], "a/b/.0.safetensors.7-0.tmp")
    let cached = try DiskCache.open(source, limit: 1 << 20, folder: cache.file("a/b"))
    let names = try FileManager.default.contentsOfDirectory(atPath: cache.file("a/b"))
    #expect(names.count == 1)
    // From now on samples come from the cache: a file that changes within its time stamp is not noticed.
    #expect(try cached.sample(7) == source.sample(7))
    let again = try DiskCache.open(source, limit: 1 << 20, folder: cache.file("a/b"))
    #expect(try (0..<20).allSatisfy { try again.sample($0) == source.sample($0) })
    // A cache that is cut is made anew.
    let path = cache.file("a/b/\(names[0])")
    try FileManager.default.removeItem(atPath: path)
    try Foundation.Data([1, 2, 3]).write(to: URL(filePath: path))
    let mended = try DiskCache.open(source, limit: 1 << 20, folder: cache.file("a/b"))
    #expect(try mended.sample(19) == source.sample(19))
    // A file that is written again makes another cache.
    try folder.picture("10.png", 200)
    _ = try DiskCache.open(source, limit: 1 << 20, folder: cache.file("a/b"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.file("a/b")).count == 2)
    let full = #expect(throws: Diagnostic.self) {
      try DiskCache.open(source, limit: 10, folder: cache.file("a/b"))
    }
    #expect(full?.message.contains("more than cache_size") == true)
  }

  /// A cache that the machine cannot read now may be sound, and stays.
  @Test func cachesThatCannotBeReadStay() throws {
    let (folder, cache) = (try folder(), try TemporaryFolder())
    let source = try data(folder, .none).contents.samples
    _ = try DiskCache.open(source, limit: 1 << 20, folder: cache.path)
    let path = cache.file(try #require(cache.names.first))
    try FileManager.default.removeItem(atPath: path)
    // A regular file at whose first byte the system reports an input error.
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: "/proc/self/mem")
    let fault = #expect(throws: Diagnostic.self) {
      try DiskCache.open(source, limit: 1 << 20, folder: cache.path)
    }
    #expect(fault?.isOfMachine == true, "\(fault?.message ?? "")")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "/proc/self/mem")
  }

  /// A sample that breaks while training is a fault of its batch, with its name; those before are sound.
  @Test func faultsBelongToTheirBatch() throws {
    let folder = try folder()
    let lazily = try batches(data(folder, .none))
    // Picture i has the grey 5i.
    let grey = try #require(try batches(data(folder, .memory)).values(2).first)
    let name = "\(Int(grey) / 5 + 10).png"
    try folder.write([1, 2, 3], name)
    for k in 0...1 { #expect(try lazily.values(k).count == 72) }
    let fault = #expect(throws: Diagnostic.self) { try lazily.values(2) }
    #expect(fault?.message.contains("\(name)', cannot be used: it is neither PNG") == true)
    try FileManager.default.removeItem(atPath: folder.file(name))
    let missing = #expect(throws: Diagnostic.self) { try lazily.values(2) }
    #expect(
      missing?.message.contains("there is no such file") == true, "\(missing?.rendered ?? "")")
  }

  @Test func arraysAreReadPieceByPiece() throws {
    var view = DatasetView()
    view.cache = .none
    for name in ["images.npy", "big-endian.npy", "half.npy"] {
      let definition = RawArrayFile(
        .numpy, path: fixturePath("formats/\(name)"), shape: [3, 4, 5])
      let (lazily, loaded) = (
        try LoadedDataset(definition, view: view), try LoadedDataset(definition)
      )
      #expect(lazily.bounds == loaded.bounds)
      #expect(try batches(lazily).values(0) == batches(loaded).values(0), "\(name)")
    }
  }

  @Test func packedSetsAreTheSame() throws {
    let (folder, out) = (try folder(), try TemporaryFolder())
    let digest = try data(folder, .memory).contents.samples.contentDigest()
    let source = try data(folder, .none).contents.samples
    #expect(try SampleFile.write(source, to: out.file("set.safetensors")) == digest)
    let packed = try LoadedDataset(
      RawArrayFile(
        .safetensors, path: out.file("set.safetensors"), shape: [3, 2, 2], array: "samples"))
    let again = try packed.contents.samples
    #expect(try again.contentDigest() == digest)
    #expect(DatasetInspection(source).digest == digest)
    // A broken sample leaves nothing behind.
    try folder.write([], "12.png")
    #expect(throws: Diagnostic.self) { try SampleFile.write(source, to: out.file("b")) }
    #expect(out.names == ["set.safetensors"])
  }

  /// What `range` maps is the whole set, whatever is taken of it and wherever it is kept.
  @Test func boundsAreThoseOfTheWholeSet() throws {
    let folder = try TemporaryFolder()
    let floats = TensorData(floats: (0..<10).map { Float($0) }, shape: [10]).bytes
    let path = try folder.write(NumpyFile.header(of: "<f4", [10, 1]) + floats, "a.npy")
    let sounds = SoundFolder(path: fixturePath("formats/sounds"), shape: [1, 1, 10])
    let source = try sounds.open().samples
    try SampleFile.write(source, to: folder.file("a.safetensors"))
    let packed = RawArrayFile(
      .safetensors, path: folder.file("a.safetensors"), shape: [1, 1, 10], array: "samples")
    for cache in [DatasetView.Cache.memory, .none] {
      var view = DatasetView()
      view.cache = cache
      view.limit = 4
      let numbers = RawArrayFile(.numpy, path: path, shape: [1])
      #expect(try LoadedDataset(numbers, view: view).bounds == 0...9)
      #expect(try LoadedDataset(sounds, view: view).bounds == -1...1)
      #expect(try LoadedDataset(packed, view: view).bounds == -1...1)
    }
  }

  /// Samples that were chosen from memory stay there, and have a digest.
  @Test(arguments: DatasetView.Cache.allCases)
  func choicesFromMemoryStayThere(cache: DatasetView.Cache) throws {
    var view = DatasetView()
    view.cache = cache
    view.limit = 3
    let chosen = try smallSet().seen(through: view)
    #expect(chosen.count == 3)
    #expect(chosen is any ContiguousSource)
    let digest = try #require(try smallSet(count: 3).contentDigest())
    #expect(try chosen.contentDigest() == digest)
  }

  @Test func inspectionFindsEveryFault() throws {
    let folder = try folder()
    try folder.picture("30.png", 5)
    try folder.write(try fixture("odd-images/gray16.png"), "31.png")
    try folder.write([1], "notes.txt")
    try folder.write([1], ".hidden.png")
    let source = try data(folder, .none).contents.samples
    let odd = DatasetInspection(source)
    #expect(odd.faults.count == 1 && odd.digest == nil && odd.count == 22)
    #expect(odd.notes.count == 2 && odd.notes[1].contains("notes.txt"))
    try FileManager.default.removeItem(atPath: folder.file("31.png"))
    let sound = try data(folder, .none).contents.samples
    let found = DatasetInspection(sound)
    #expect(found.duplicates == 1 && found.firstDuplicate?.0.hasSuffix("/11.png'") == true)
    #expect(found.kinds.map { "\($0.kind) \($0.count)" } == ["PNG RGB 8-bit, 2 x 2 21"])
    // Means of 0, 5, ... 95 and 5 again.
    #expect(found.lines.contains { $0.contains("channel 0: 0 to 95, mean 45.4762") })
  }

  /// A deviation that is small beside the mean is not lost: every other value is 30,000,002 and 30,000,004.
  @Test func deviationsBesideLargeMeans() throws {
    let values = (0..<64).map { Float($0 % 2 == 0 ? 30_000_002 : 30_000_004) }
    let set = SampleSet(sampleShape: [2, 1, 2], values: .floats(values))
    let found = DatasetInspection(set)
    #expect(found.channels.count == 2)
    for channel in found.channels {
      #expect(abs(channel.mean - 30_000_003) < 1e-6 && abs(channel.deviation - 1) < 1e-6)
    }
  }

  /// Where every sample is faulty nothing is said of values that nobody has seen.
  @Test func inspectionOfNothingButFaults() throws {
    let folder = try folder(count: 0)
    try folder.write([1, 2, 3], "a.png")
    let source = try data(folder, .none).contents.samples
    let found = DatasetInspection(source)
    #expect(found.faults.count == 1)
    #expect(found.lines == ["1 sample of [3, 2, 2], bytes"])
  }
}
