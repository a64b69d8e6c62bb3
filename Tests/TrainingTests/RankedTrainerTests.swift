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
    let whole = try Course(spec, settings, .float64)
    for ranks in [2, 4] {
      let parts = try onRanks(ranks) { try Course(spec, settings, .float64, by: $0) }
      #expect(parts.count == ranks && !whole.names.isEmpty)
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
    let whole = try Course(spec, settings, .float32)
    let parts = try onRanks(2) { try Course(spec, settings, .float32, by: $0) }
    let again = try onRanks(2) { try Course(spec, settings, .float32, by: $0) }
    #expect(parts.map(\.end) == again.map(\.end))
    #expect(parts[0].end == parts[1].end)
    #expect(!whole.names.isEmpty && parts[0].names == whole.names)
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
