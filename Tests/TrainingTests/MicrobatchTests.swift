import Compilation
import Diagnostics
import Execution
import Foundation
import GameSupport
import Inspection
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
    #expect(!whole.names.isEmpty && pieces.names == whole.names)
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

  /// Each of two ranks goes through its half of the samples in two pieces.
  @Test(arguments: games) func ranksHavePieces(spec: String) throws {
    for (precision, bound) in [(Compiler.Precision.float64, 1e-10), (.float32, 1e-3)] {
      let whole = try Course(spec, [], precision)
      let parts = try onRanks(2) { try Course(spec, ["train.microbatch=64"], precision, by: $0) }
      #expect(parts[0].end == parts[1].end, "replicas are the same bits")
      #expect(!whole.names.isEmpty && parts[0].names == whole.names)
      for (a, b) in zip(parts[0].scalars, whole.scalars) {
        #expect(abs(a - b) <= bound * max(1, abs(b)), "\(a), of one rank and one piece \(b)")
      }
    }
  }

  /// What is drawn for one sample is one number, which is an input like any other.
  @Test(arguments: [["data.x.batch=1"], ["data.x.batch=4", "train.microbatch=1"]])
  func oneSampleHasItsDraws(settings: [String]) throws {
    let spec = "specs/zoo/wgan-gp.yaml"
    let exact = try Course(spec, [settings[0]], .float64)
    let fast = try Course(spec, settings, .float32)
    #expect(!exact.names.isEmpty && fast.names == exact.names)
    for (a, b) in zip(fast.scalars, exact.scalars) {
      #expect(abs(a - b) <= 1e-4 * max(1, abs(b)), "\(a), in float64 \(b)")
    }
  }

  /// AdvAs needs D's gradient of the whole batch first: of what is before that sum, a second pass runs what it needs.
  @Test func onlyWhatASecondSumNeedsRunsAgain() throws {
    var compiler = Compiler()
    let input = SpecInput(
      path: Course.root.appending(path: "specs/ring/wgan-gp-advas.yaml").path,
      overrides: ["train.microbatch=64"], includes: [])
    let compiled = try compiler.compile(checked: try compiler.load(input))
    let schedules = try compiled.functions.prefix(2).map { try #require($0.pieceSchedule) }
    #expect(schedules[0].sums == 1)
    #expect(Set(schedules[0].timesRun.values) == [1, 4])
    // The gradient; its norm and both players' gradients; the norms of these, which scale them, are sums of nothing new.
    #expect(schedules[1].sums == 2)
    let times = schedules[1].timesRun.values
    #expect(Set(times).isSubset(of: [1, 4, 5, 8]))
    // What makes D's gradient, but not what is made of its sum, is run for the first sum alone, or for both.
    #expect(times.contains(4) && times.contains(8))
  }

  /// What a round costs, by the plan and by the clock, is the work of all pieces in all passes.
  @Test func costsAreThoseOfAllPieces() throws {
    func compiled(_ settings: [String]) throws -> CompiledExperiment {
      var compiler = Compiler()
      let input = SpecInput(
        path: Course.root.appending(path: "specs/ring/wgan-gp-advas.yaml").path,
        overrides: settings + ["train.threads=1"], includes: [])
      return try compiler.compile(checked: try compiler.load(input))
    }
    let (whole, pieces) = (try compiled([]), try compiled(["train.microbatch=64"]))
    for (one, other) in zip(whole.functions, pieces.functions).prefix(2) {
      let (least, found) = (whole.statistics(of: one), pieces.statistics(of: other))
      let more = found.denseOperations / least.denseOperations
      // AdvAs goes through its pieces twice.
      #expect((0.99...2.1).contains(more), "\(other.title): \(more)")
    }
    let planned = pieces.perRound { pieces.statistics(of: pieces.functions[$0]).totalOperations }
    let rows = try Profile(pieces, rounds: 1).measured.rows
    let timed = rows.reduce(0) { $0 + $1.operations }
    #expect(abs(timed - planned) <= 1e-6 * planned, "\(timed), planned \(planned)")
    // Once behind the last sum, or once or twice for each of four pieces.
    #expect(Set(rows.map(\.calls)).isSuperset(of: [1, 4, 8]))
  }

  private static func diagnostic(
    _ settings: [String], regularizers: String = "[wgan_gp, advas]", ranks: Int = 1
  ) throws -> Diagnostic? {
    let game = try smallGame(regularizers: regularizers, settings: settings)
    do throws(Diagnostic) {
      var compiler = Compiler()
      compiler.ranks = ranks
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

  /// Each of two ranks has 18 of 36 samples, and what is proposed is taken: 4 or 12 would not be.
  @Test func whatRanksCanTakeIsSaid() throws {
    func fault(_ size: Int, batch: Int, ranks: Int) throws -> Diagnostic? {
      try Self.diagnostic(
        [
          "train.microbatch=\(size)", "data.x.batch=\(batch)",
          "networks.G={input: z, layers: [linear: 2]}",
        ], regularizers: "[wgan_gp]", ranks: ranks)
    }
    let refused = try fault(5, batch: 36, ranks: 2)
    #expect(refused?.message.hasSuffix("into 8 pieces of at most 5 on 2 ranks") == true)
    #expect(refused?.hint == "microbatches can have 1, 2, 3, 6, 9 samples")
    for size in [1, 2, 3, 6, 9] {
      let refusal = try fault(size, batch: 36, ranks: 2)
      #expect(refusal == nil, "\(size)")
    }
    let odd = try fault(2, batch: 8, ranks: 3)
    #expect(odd?.message.hasSuffix("does not divide by 3 ranks") == true)
    #expect(odd?.hint == "8 samples divide by 2, 4, 8")
  }

  @Test func tooManySumsAreSaid() throws {
    let layers = String(repeating: "linear: 4, batch_norm, ", count: 4)
    let fault = try Self.diagnostic([
      "train.microbatch=4", "networks.G={input: z, layers: [\(layers)linear: 2]}",
    ])
    #expect(fault?.message.contains("cannot go through its samples in pieces: ") == true)
  }
}
