import DataSupport
import Foundation
import Testing

/// Damaged files: each reader gives its samples or a diagnostic, and neither traps nor hangs.
///
/// 500 mutations a reader; `make fuzz-data` tries more of the same, under the address sanitizer.
@Suite(.serialized) struct MutationTests {
  private static let count = 500

  static func readers() throws -> [TriedReader] { try TriedReader.all(files: fixturePath("")) }

  @Test(arguments: try readers()) func neitherTrapsNorHangs(_ reader: TriedReader) throws {
    let folder = try TemporaryFolder()
    let sound = try folder.write(reader.sound, "sound")
    var refused = 0
    for number in 0..<Self.count {
      let path = try folder.write(reader.damaged(number), "file\(number)")
      do { try reader.read(path) } catch {
        #expect(TriedReader.isSaid(error), "\(reader.name), number \(number): \(error)")
        refused += 1
      }
      try? FileManager.default.removeItem(atPath: path)
      // Damage that was seen before must not come between a reader and a sound file.
      if number % 16 == 0 {
        #expect(throws: Never.self, "\(reader.name), after number \(number)") {
          try reader.read(sound)
        }
      }
    }
    #expect(refused > Self.count / 50, "\(refused) of \(Self.count) were refused")
  }
}

extension TriedReader: CustomTestStringConvertible {
  public var testDescription: String { name }
}
