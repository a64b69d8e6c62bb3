import Foundation
import Metrics
import Testing

@testable import Training

@Suite struct StatisticsCacheTests {
  private func statistics(_ shift: Double) throws -> FeatureStatistics {
    let rows = Matrix(columns: 3, (0..<120).map { Double($0 * $0 % 31) + shift })
    return FeatureStatistics(rows, try Workers(threads: 1))
  }

  @Test func whatWasComputedIsReadToTheLastBit() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = StatisticsCache(folder: folder.path)
    let first = try statistics(0.3)
    #expect(cache.statistics(of: "a") { first }?.kept.factor == first.kept.factor)
    let again = try #require(cache.statistics(of: "a") { nil })
    #expect(again.kept.mean == first.kept.mean && again.kept.factor == first.kept.factor)
    #expect(again.count == 40)
    // Something else is found by looking.
    let other = try statistics(7)
    #expect(cache.statistics(of: "b") { other }?.kept.mean == other.kept.mean)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
  }

  @Test func aDamagedFileIsComputedAnew() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = StatisticsCache(folder: folder.path)
    let first = try statistics(0)
    _ = cache.statistics(of: "a") { first }
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
    let file = folder.appendingPathComponent(name)
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count - 3] ^= 1
    try bytes.write(to: file)
    var isAsked = false
    let found = cache.statistics(of: "a") {
      isAsked = true
      return first
    }
    #expect(isAsked && found?.kept.factor == first.kept.factor)
    // It is whole again.
    #expect(cache.statistics(of: "a") { nil }?.kept.factor == first.kept.factor)
  }

  /// Where nothing can be written, statistics are computed each time.
  @Test func aFolderThatCannotBeMadeIsNoFault() throws {
    let first = try statistics(0)
    let cache = StatisticsCache(folder: "/proc/advas/statistics")
    #expect(cache.statistics(of: "a") { first }?.count == 40)
  }
}
