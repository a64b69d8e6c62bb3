import Compilation
import Data
import Diagnostics
import Execution
import Foundation
import GameSupport
import Spec
import Testing

@testable import Training

/// Ranks that train together are one that has the whole batch.
@Suite struct RankedTrainerTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// What a rank saw of its rounds, and what it has at the end.
  private struct Course: Sendable {
    var scalars: [Double] = []
    var names: [String] = []
    var end: Snapshot
  }

  private static func train(
    _ spec: String, _ settings: [String], _ precision: Compiler.Precision,
    by transport: (any Transport)? = nil
  ) throws -> Course {
    var compiler = Compiler(precision: precision)
    compiler.ranks = transport?.ranks ?? 1
    let input = SpecInput(
      path: root.appending(path: spec).path, overrides: settings + ["train.threads=1"],
      includes: [])
    let trainer = try Trainer(
      try compiler.compile(checked: try compiler.load(input)), transport: transport)
    var course = Course(end: trainer.snapshot())
    for _ in 0..<2 {
      for report in try trainer.runRound() {
        course.scalars += report.values.map(\.value)
        course.names += report.values.map(\.name)
      }
    }
    course.end = trainer.snapshot()
    return course
  }

  /// One of each kind: double backward by halves, gathered features, means of the batch within a loss, statistics of
  /// batches, labels, steps ahead, samples that players share.
  static let games: [(spec: String, settings: [String])] = [
    ("specs/ring/wgan-gp-advas.yaml", []),
    ("specs/zoo/mmd-gan.yaml", []),
    ("specs/zoo/relativistic-average.yaml", []),
    ("specs/zoo/dragan.yaml", []),
    ("specs/examples/conditional.yaml", []),
    ("specs/examples/extragradient.yaml", []),
    ("specs/examples/shared-samples.yaml", []),
    ("specs/shapes/gan.yaml", ["vars.width=4", "vars.critic=4", "data.x.batch=8"]),
  ]

  @Test(arguments: games.map(\.spec)) func scalarsAreThoseOfTheWholeBatch(spec: String) throws {
    let settings = Self.games.first { $0.spec == spec }?.settings ?? []
    let whole = try Self.train(spec, settings, .float64)
    for ranks in [2, 4] {
      let parts = try onRanks(ranks) { try Self.train(spec, settings, .float64, by: $0) }
      for part in parts {
        #expect(part.names == whole.names)
        for (name, (a, b)) in zip(whole.names, zip(part.scalars, whole.scalars)) {
          #expect(abs(a - b) <= 1e-10 * max(1, abs(b)), "\(name): \(a), of one rank \(b)")
        }
        #expect(part.end == parts[0].end, "replicas are the same bits")
      }
    }
  }

  /// Kernels round sums of a part otherwise than sums of the whole.
  @Test(arguments: games.map(\.spec)) func fastRanksAgree(spec: String) throws {
    let settings = Self.games.first { $0.spec == spec }?.settings ?? []
    let whole = try Self.train(spec, settings, .float32)
    let parts = try onRanks(2) { try Self.train(spec, settings, .float32, by: $0) }
    let again = try onRanks(2) { try Self.train(spec, settings, .float32, by: $0) }
    #expect(parts.map(\.end) == again.map(\.end))
    #expect(parts[0].end == parts[1].end)
    for (name, (a, b)) in zip(whole.names, zip(parts[0].scalars, whole.scalars)) {
      #expect(abs(a - b) <= 1e-3 * max(1, abs(b)), "\(name): \(a), of one rank \(b)")
    }
  }

  @Test func aBatchThatDoesNotDivideIsSaid() throws {
    var compiler = Compiler()
    compiler.ranks = 3
    #expect {
      _ = try compiler.compile(try smallGame())
    } throws: { error in
      let diagnostic = error as? Diagnostic
      return diagnostic?.message.hasPrefix("the batch of 8 samples of 'z'") == true
        && diagnostic?.hint == "8 samples divide by 2, 4, 8"
    }
  }
}
