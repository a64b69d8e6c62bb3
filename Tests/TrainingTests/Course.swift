import Compilation
import Execution
import Foundation

@testable import Training

/// What a rank, or one that has the whole batch, saw of two rounds of a shipped spec, and what it has then.
struct Course: Sendable {
  private(set) var names: [String] = []
  private(set) var scalars: [Double] = []
  /// Bytes of the arena that was planned.
  let arena: Int
  let end: Snapshot

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  init(
    _ spec: String, _ settings: [String], _ precision: Compiler.Precision,
    by transport: (any Transport)? = nil
  ) throws {
    var compiler = Compiler(precision: precision)
    compiler.ranks = transport?.ranks ?? 1
    let input = SpecInput(
      path: Self.root.appending(path: spec).path, overrides: settings + ["train.threads=1"],
      includes: [])
    let compiled = try compiler.compile(checked: try compiler.load(input))
    let trainer = try Trainer(compiled, transport: transport)
    for _ in 0..<2 {
      for report in try trainer.runRound() {
        names += report.values.map(\.name)
        scalars += report.values.map(\.value)
      }
    }
    arena = compiled.arenaByteCount
    end = trainer.snapshot()
  }
}
