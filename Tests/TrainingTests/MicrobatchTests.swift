import Compilation
import Diagnostics
import Execution
import Foundation
import GameSupport
import Spec
import Testing

@testable import Training

/// Steps that go through their samples in pieces have the numbers of the whole batch.
@Suite struct MicrobatchTests {
  /// One sum, several that wait for each other, gathered features, variables that are written before the last sum.
  static let games = [
    "specs/ring/wgan-gp-advas.yaml", "specs/zoo/mmd-gan.yaml", "specs/zoo/sngan.yaml",
    "specs/zoo/relativistic-average.yaml", "specs/zoo/dragan.yaml",
  ]

  @Test(arguments: games) func scalarsAreThoseOfTheWholeBatch(spec: String) throws {
    let whole = try Course(spec, [], .float64)
    let pieces = try Course(spec, ["train.microbatch=64"], .float64)
    for (a, b) in zip(pieces.scalars, whole.scalars) {
      #expect(abs(a - b) <= 1e-10 * max(1, abs(b)), "\(a), of the whole batch \(b)")
    }
  }

  /// Piece r has the samples of rank r, and sums are in the order of ranks.
  @Test(arguments: games) func piecesAreRanksInTime(spec: String) throws {
    let pieces = try Course(spec, ["train.microbatch=64"], .float32)
    let ranks = try onRanks(4) { try Course(spec, [], .float32, by: $0) }
    #expect(pieces.scalars == ranks[0].scalars)
    #expect(pieces.end == ranks[0].end)
    #expect(pieces.arena == ranks[0].arena)
  }

  private static func diagnostic(_ settings: [String]) throws -> Diagnostic? {
    let game = try smallGame(settings: settings)
    do throws(Diagnostic) {
      var compiler = Compiler()
      _ = try compiler.compile(game)
      return nil
    } catch { return error }
  }

  @Test func whatDoesNotDivideIsSaid() throws {
    let fault = try Self.diagnostic([
      "train.microbatch=3", "networks.G={input: z, layers: [linear: 2]}",
    ])
    #expect(
      fault?.message
        == "the batch of 8 samples of 'z', in discriminator [wgan_gp], does not divide into 3 pieces of at most 3"
    )
    #expect(fault?.hint == "microbatches can have 1, 2, 4 samples")
  }

  @Test func tooManySumsAreSaid() throws {
    let layers = String(repeating: "linear: 4, batch_norm, ", count: 4)
    let fault = try Self.diagnostic([
      "train.microbatch=4", "networks.G={input: z, layers: [\(layers)linear: 2]}",
    ])
    #expect(fault?.message.contains("cannot go through its samples in pieces: ") == true)
  }
}
