import DataSupport
import Diagnostics
import Testing

@testable import Data

/// Values are read and unpacked here, and damage is said.
@Suite struct HDF5ChunkTests {
  private func samples(
    _ file: String, _ array: String = "imgs"
  ) throws -> any IndexedSamples {
    try HDF5File(path: file, shape: [3, 5, 4], array: array).open().samples
  }

  private func message(_ body: () throws -> Void) -> String {
    (#expect(throws: Diagnostic.self) { try body() })?.message ?? ""
  }

  /// A stream of zlib in the place of the first of two chunks, as h5py says: bytes 5056..<5187.
  private func replacing(_ stream: [UInt8], in folder: TemporaryFolder) throws -> String {
    var bytes = try fixture("formats/biggan.h5")
    for (i, byte) in stream.enumerated() { bytes[5056 + i] = byte }
    return try folder.write(bytes, "broken.h5")
  }

  /// One stored byte, 'A', where 120 should be.
  @Test func aChunkThatUnpacksToFewerBytes() throws {
    let folder = try TemporaryFolder()
    let stream: [UInt8] = [0x78, 0x01, 1, 1, 0, 0xfe, 0xff, 0x41, 0, 0x42, 0, 0x42]
    let source = try samples(try replacing(stream, in: folder))
    let message = message { _ = try source.sample(1) }
    #expect(message.contains("its chunk at [0, 0, 0, 0] has 1 bytes, expected 120"), "\(message)")
    #expect(throws: Never.self) { try source.sample(2) }
  }

  @Test func aChunkThatIsNotDeflated() throws {
    let folder = try TemporaryFolder()
    let source = try samples(try replacing([1, 2, 3], in: folder))
    let message = message { _ = try source.sample(0) }
    #expect(message.contains("cannot be unpacked: incorrect header check"), "\(message)")
  }

  /// Shuffled, deflated and with checksums, three rows a chunk, so that the last one is not full.
  @Test func severalFilters() throws {
    let source = try samples(fixturePath("formats/filters.h5"))
    for row in 0..<4 { #expect(try source.sample(row) == (0..<60).map { UInt8(60 * row + $0) }) }
  }

  /// Chunks that cut every axis, of big-endian numbers; and of which most were never written.
  @Test func boxesAndFillValues() throws {
    func floats(_ array: String, _ row: Int) throws -> [Float] {
      try samples(fixturePath("formats/filters.h5"), array).sample(row)
        .withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    for row in 0..<4 {
      #expect(try floats("boxes", row) == (0..<60).map { Float((60 * row + $0) * 100 - 9000) })
    }
    #expect(try floats("sparse", 1) == [Float](repeating: 1.5, count: 60))
    #expect(try floats("sparse", 3) == (0..<60).map { Float(180 + $0) })
  }

  @Test func chunksThatWereAskedForLongestAgoGo() {
    var kept = KeptChunks(capacity: 2)
    kept.keep([1], of: 1)
    kept.keep([2], of: 2)
    #expect(kept.bytes(of: 1) == [1])
    kept.keep([3], of: 3)
    #expect(kept.bytes(of: 2) == nil && kept.bytes(of: 1) == [1] && kept.bytes(of: 3) == [3])
  }

  @Test func aWrongChecksum() throws {
    let folder = try TemporaryFolder()
    var bytes = try fixture("formats/filters.h5")
    bytes[5150] ^= 1
    let source = try samples(try folder.write(bytes, "broken.h5"))
    let message = message { _ = try source.sample(0) }
    #expect(message.contains("it has a wrong checksum"), "\(message)")
  }

  /// Labels of 64 bits whose size and precision became 0.
  @Test func numbersOfAnUnusualLayout() throws {
    let folder = try TemporaryFolder()
    var bytes = try fixture("formats/biggan.h5")
    for place in [7164, 7170] { bytes[place] = 0 }
    let path = try folder.write(bytes, "broken.h5")
    let message = message {
      _ = try HDF5File(path: path, shape: [3, 5, 4], classes: 3, labelArray: "labels").open()
    }
    #expect(message.contains("its numbers have an unusual layout"), "\(message)")
  }

  @Test func filtersThatAreNotKnown() throws {
    let message = message { _ = try samples(fixturePath("formats/filters.h5"), "offsets") }
    #expect(message.contains("it is packed by filter 6"), "\(message)")
  }
}
