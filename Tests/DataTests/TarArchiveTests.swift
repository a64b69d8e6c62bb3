import DataSupport
import Diagnostics
import Testing

@testable import Data

@Suite struct TarArchiveTests {
  /// A header, in Latin-1, and the content behind it, filled up to whole blocks.
  private func member(
    _ name: String, _ type: Character = "0", link: String = "", holding content: [UInt8] = [],
    magic: String = "", prefix: String = ""
  ) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func write(_ text: String, at place: Int) {
      let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      header.replaceSubrange(place..<(place + bytes.count), with: bytes)
    }
    write(name, at: 0)
    write(magic, at: 257)
    write(prefix, at: 345)
    write(String(content.count, radix: 8), at: 124)
    write("        \(type)\(link)", at: 148)
    write(String(header.reduce(0) { $0 + Int($1) }, radix: 8), at: 148)
    return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// What tar makes of a file with several names: its content once, then links, long names of which stand before them.
  @Test func hardLinksHaveTheContentOfTheFirst() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "long", count: 30)
    let parts = [
      member("a", holding: [1, 2, 3]), member("b", "1", link: "a"),
      member(long, "L", holding: Array("\(long).x".utf8)), member(long, holding: [4]),
      member("link", "K", holding: Array("\(long).x".utf8)), member("c", "1", link: long),
      member("pax", "x", holding: Array("14 linkpath=b\n".utf8)), member("d", "1", link: "far"),
      member("e", "1", link: "elsewhere"), [UInt8](repeating: 0, count: 1024),
    ]
    let tar = try TarArchive(path: try folder.write(parts.flatMap { $0 }, "a.tar"))
    #expect(tar.members.map(\.name) == ["a", "b", "\(long).x", "c", "d"])
    let contents = try tar.members.map { try tar.bytes(of: $0) }
    #expect(contents == [[1, 2, 3], [1, 2, 3], [4], [4], [1, 2, 3]])
  }

  private func names(of parts: [[UInt8]]) throws -> [String] {
    let folder = try TemporaryFolder()
    let bytes = parts.flatMap { $0 } + [UInt8](repeating: 0, count: 1024)
    return try TarArchive(path: try folder.write(bytes, "a.tar")).members.map(\.name)
  }

  /// Where ustar has the first part of a long name, archives of `tar --incremental` have the time of the last look.
  @Test func timesOfGNUAreNoPartOfNames() throws {
    let parts = [
      member("a", magic: "ustar\u{0}00", prefix: "long"),
      member("b", magic: "ustar  ", prefix: "14712345670"),
    ]
    #expect(try names(of: parts) == ["long/a", "b"])
  }

  /// Names that differ in bytes that are no UTF-8 are not one: labels are found by them.
  @Test func namesInOtherEncodings() throws {
    let long = [UInt8](repeating: 0xf6, count: 60)
    let parts = [
      member("\u{e4}.cls"), member("\u{f6}.cls"), member("long", "L", holding: long), member("c"),
    ]
    #expect(
      try names(of: parts)
        == ["\u{e4}.cls", "\u{f6}.cls", String(repeating: "\u{f6}", count: 60)])
  }

  /// Two numbers are not one, and a number is read to its end.
  @Test func labelsAreOneNumber() throws {
    let folder = try TemporaryFolder()
    func labels(_ text: String) throws -> SampleLabels? {
      let parts = [member("a.png"), member("a.cls", holding: Array(text.utf8))]
      let bytes = parts.flatMap { $0 } + [UInt8](repeating: 0, count: 1024)
      let path = try folder.write(bytes, "a.tar")
      let set = WebDataset(path: path, options: PictureOptions(shape: [3, 2, 2]), classes: 13)
      return try set.open().samples.labels
    }
    #expect(try labels(" 12\n") == .classes([12], count: 13))
    #expect(try labels(String(repeating: "0", count: 30) + "7") == .classes([7], count: 13))
    let fault = #expect(throws: Diagnostic.self) { try labels("1 2") }
    #expect(fault?.message.contains("is '1 2', but classes are 0...12") == true)
  }

  /// No download mends an archive that gzip has packed.
  @Test func packedArchives() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([0x1f, 0x8b] + [UInt8](repeating: 8, count: 600), "a.tar.gz")
    let options = PictureOptions(shape: [3, 2, 2])
    let packed = #expect(throws: Diagnostic.self) {
      try WebDataset(path: path, options: options).open()
    }
    #expect(packed?.message.hasSuffix("is compressed by gzip") == true)
    let asPictures = #expect(throws: Diagnostic.self) {
      try ImageFolder(path: path, options: options).open()
    }
    #expect(asPictures?.hint?.contains("type: webdataset") == true)
  }

  @Test func shardsAreCountedFromZero() throws {
    #expect(try WebDataset.shards(of: "a-{08..10}.tar") == ["a-08.tar", "a-09.tar", "a-10.tar"])
    for range in ["\(Int.min)..\(Int.max)", "-1..2", "2..1", "0..9999999", "a..b"] {
      let path = "a-{\(range)}.tar"
      #expect(throws: Diagnostic.self, "\(range)") { try WebDataset.shards(of: path) }
    }
  }
}
