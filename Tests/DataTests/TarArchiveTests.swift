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

  @Test func shardsAreCountedFromZero() throws {
    #expect(try WebDataset.shards(of: "a-{08..10}.tar") == ["a-08.tar", "a-09.tar", "a-10.tar"])
    for range in ["\(Int.min)..\(Int.max)", "-1..2", "2..1", "0..9999999", "a..b"] {
      let path = "a-{\(range)}.tar"
      #expect(throws: Diagnostic.self, "\(range)") { try WebDataset.shards(of: path) }
    }
  }
}
