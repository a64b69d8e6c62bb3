import Foundation
import Testing

/// Figures are the same bits whether a run is killed on its way or not, and on any number of threads.
@Suite struct KilledMetricsTests {
  private static let run = "runs/00000-small-ring"
  private static let metrics = """
    metrics:
      - modes: {every: 10, samples: 300}
      - sliced_wasserstein: {every: 20, samples: 300, directions: 16}
      - copies: {every: 20, samples: 100}
      - vendi: {every: 20, samples: 100}
      - {name: gap, value: mean(D(x)) - mean(D(G(z))), every: 10, samples: 64}
      - {optimality: {every: 20, samples: 32, steps: [1, 3]}}
      - {optimality: {name: anew, every: 20, samples: 32, steps: [3], start: fresh}}
      - {layer_gradients: {player: generator, every: 20, samples: 32}}
    detectors:
      - {name: low, figure: modes.high_quality, below: 1.1, for: 3}

    """

  /// All that the log tells of rounds, but for what a clock says.
  private func lines(of place: Workplace, upTo last: Int) throws -> [String] {
    try place.timelessLines(of: Self.run).filter { $0.round <= last }.map(\.text)
  }

  private func place() throws -> Workplace {
    try Workplace(spec: Workplace.ring + Self.metrics)
  }

  @Test func killedAndResumedOnOtherThreads() throws {
    let parts = try place()
    let running = try Running(
      Command.url("advas-run"), ["spec.yaml", "--steps", "1000000", "--threads", "1"],
      in: parts.folder)
    // Behind a checkpoint, with rounds measured since that will be measured again.
    let killed = parts.file("\(Self.run)/checkpoint-000030.safetensors").path
    #expect(running.waits { FileManager.default.fileExists(atPath: killed) })
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.finish()
    let reached = try parts.lines("\(Self.run)/metrics.jsonl").count
    let end = 20 * (reached / 2 + 4)
    let resumed = try parts.run("resume", Self.run, "--steps", "\(end)", "--threads", "3")
    #expect(resumed.status == 0, "\(resumed.error)")
    let whole = try place()
    let result = try whole.run("spec.yaml", "--steps", "\(end)", "--threads", "2")
    #expect(result.status == 0, "\(result.error)")
    #expect(try lines(of: parts, upTo: end) == lines(of: whole, upTo: end))
    #expect(try lines(of: whole, upTo: end).contains { $0.contains("\"warnings\":[{") })
    let name = "checkpoint-" + String(format: "%06d", end) + ".safetensors"
    #expect(try parts.bytes("\(Self.run)/\(name)") == whole.bytes("\(Self.run)/\(name)"))
  }
}
