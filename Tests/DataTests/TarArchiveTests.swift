import Testing

@testable import Data

@Suite struct TarArchiveTests {
  /// A header and the content behind it, filled up to whole blocks.
  private func member(
    _ name: String, _ type: Character = "0", link: String = "", holding content: [UInt8] = []
  ) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func write(_ text: String, at place: Int) {
      header.replaceSubrange(place..<(place + text.utf8.count), with: text.utf8)
    }
    write(name, at: 0)
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
}
