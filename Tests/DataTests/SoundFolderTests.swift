import DataSupport
import Diagnostics
import Foundation
import Testing

@testable import Data

@Suite struct SoundFolderTests {
  /// What is filled up anyway is not told to be.
  @Test(arguments: [false, true]) func emptySounds(pads: Bool) throws {
    let folder = try TemporaryFolder()
    try folder.write(Sound.wavFile([], range: -1...1), "a.wav")
    let fault = #expect(throws: Diagnostic.self) {
      try SoundFolder(path: folder.path, shape: [4], pads: pads).open()
    }
    #expect(fault?.message.contains("has 0 samples, fewer than one piece of 4") == true)
    #expect(fault?.hint?.contains("pad: true") == !pads)
  }

  /// Read three bytes at a time, samples of three bytes in four are noise.
  @Test func samplesThatDoNotFillTheirBytes() throws {
    let folder = try TemporaryFolder()
    var bytes = Sound.wavFile([Float](repeating: 0.5, count: 6), range: -1...1)
    bytes.replaceSubrange(32..<36, with: little(4, 2) + little(24, 2))
    try folder.write(bytes, "a.wav")
    let fault = #expect(throws: Diagnostic.self) {
      try SoundFolder(path: folder.path, shape: [4]).open()
    }
    #expect(fault?.message.contains("has samples of 24 bits in 4 bytes") == true)
  }

  /// Of a file of any length only the bytes of a piece are read; this one has a gigabyte of silence, without blocks on disk.
  @Test func aPieceOfALongSound() throws {
    let folder = try TemporaryFolder()
    let (length, count) = (1 << 20, (1 << 29) + 4)
    var head = Sound.wavFile([], range: -1...1)
    head.replaceSubrange(40..<44, with: little(2 * count, 4))
    let file = try FileHandle(forUpdating: URL(filePath: try folder.write(head, "long.wav")))
    try file.truncate(atOffset: UInt64(head.count + 2 * count))
    try file.seek(toOffset: UInt64(head.count + 2 * (count - 1)))
    try file.write(contentsOf: little(1 << 14, 2))
    try file.close()
    let sounds = SoundFolder(path: folder.path, shape: [length], pads: true)
    let source = try sounds.open().samples
    try #require(source.count == 513)
    let last = try source.sample(512).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(last.prefix(5) == [0, 0, 0, 0.5, 0] && last.count == length)
  }
}
