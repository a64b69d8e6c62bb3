import Foundation
import Testing

@Suite struct SteadyHeapTests {
  /// A round leaves nothing behind: 1,000 of them, penalties of both players included.
  @Test func heapIsFlatOverAThousandRounds() throws {
    let place = try Workplace()
    let run = try place.run("benchmark", "spec.yaml", "--rounds", "1000")
    #expect(run.status == 0, "\(run.error)")
    let report = try report(run)
    #expect((report["round_ms"] as? [Double])?.count == 1000)
    // Null where the C library does not count, as glibc does from 2.33 on.
    guard dlsym(nil, "mallinfo2") != nil else { return }
    let growth = try #require(report["heap_growth"] as? Int)
    #expect(growth < 8192, "the heap grew by \(growth) bytes")
  }

  /// What a run takes beside libraries and data is its plan: no library keeps buffers of its own for a game of
  /// perceptrons, whose plan is the smallest part of the process.
  @Test func theRingNeedsItsPlan() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let spec = root.appending(path: "specs/ring/wgan-gp-advas.yaml").standardizedFileURL.path
    let run = try Workplace().run("benchmark", spec, "--rounds", "3")
    #expect(run.status == 0, "\(run.error)")
    let report = try report(run)
    func megabytes(_ key: String) throws -> Double { try #require(report[key] as? Double) }
    let bound = try 1.15 * megabytes("plan_mb") + megabytes("loaded_mb")
    #expect(try megabytes("peak_mb") <= bound)
  }

  private func report(_ run: Command.Output) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any] ?? [:]
  }
}
