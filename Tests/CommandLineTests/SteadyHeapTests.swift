import Foundation
import Testing

@Suite struct SteadyHeapTests {
  /// A round leaves nothing behind: 1,000 of them, penalties of both players included.
  @Test func heapIsFlatOverAThousandRounds() throws {
    let place = try Workplace()
    let run = try place.run("spec.yaml", "--benchmark", "1000")
    #expect(run.status == 0, "\(run.error)")
    let report =
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any] ?? [:]
    #expect((report["round_ms"] as? [Double])?.count == 1000)
    // Null where the C library does not count.
    if let growth = report["heap_growth"] as? Int {
      #expect(growth < 8192, "the heap grew by \(growth) bytes")
    }
  }
}
