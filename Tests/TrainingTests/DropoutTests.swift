import Compilation
import GameSupport
import Testing

@testable import Training

/// Random numbers of a layer in whole steps.
@Suite struct DropoutTests {
  private static let dropping = "networks.D.layers=[linear: 8, {dropout: 0.5}, linear: 1]"

  private func draws(
    _ regularizers: String, precision: Compiler.Precision = .float32
  ) throws -> (draws: [String: [Float]], scalars: [String: Double]) {
    let trainer = try Trainer(
      compile(regularizers: regularizers, settings: [Self.dropping], precision: precision))
    let log = DrawLog()
    let report = try trainer.runRound(observer: log)
    let scalars = report.flatMap(\.values).map { ($0.name, $0.value) }
    return (log.draws, Dictionary(scalars) { _, last in last })
  }

  /// Real, fake and interpolated samples pass through other masks, and a penalty leaves the first two as they were.
  @Test func everyCallHasAMaskOfItsOwn() throws {
    let masks = try draws("[wgan_gp]").draws.filter { $0.key.contains("D.1.mask") }
    let own = masks.filter { $0.key.hasPrefix("discriminator/0") }
    #expect(
      own.keys.sorted() == ["D.1.mask", "D.1.mask@2", "D.1.mask@3"].map { "discriminator/0/\($0)" })
    #expect(own.values.allSatisfy { $0.count == 8 * 8 })
    #expect(Set(masks.values).count == masks.count)
    let plain = try draws("[]").draws.filter { $0.key.contains("D.1.mask") }
    #expect(plain.count == 3)
    for (name, values) in plain { #expect(masks[name] == values, "\(name)") }
  }

  /// A loss is the mean of those on its halves only if they see the masks of the whole.
  @Test(arguments: ["generator", "discriminator"])
  func halvesHaveTheMasksOfTheWhole(player: String) throws {
    let loss = "loss(\(player), penalties=false"
    let value = "0.5*\(loss), half=1) + 0.5*\(loss), half=2) - \(loss))"
    let (draws, scalars) = try draws(
      "[{name: gap, player: generator, value: \"\(value)\"}]", precision: .float64)
    #expect(abs(try #require(scalars["gap"])) < 1e-14)
    #expect(abs(try #require(scalars["loss"])) > 1e-3)
    let masks = draws.filter { $0.key.hasPrefix("generator/0/D.1.mask") }
    #expect(masks.count == (player == "generator" ? 1 : 2))
    #expect(masks.values.allSatisfy { $0.count == 8 * 8 })
  }

  /// The same bytes whatever the number of threads.
  @Test func threadsDrawTheSame() throws {
    func state(threads: Int) throws -> Snapshot {
      let trainer = try Trainer(compile(settings: [Self.dropping, "train.threads=\(threads)"]))
      for _ in 0..<3 { try trainer.runRound() }
      return trainer.snapshot()
    }
    let (one, three) = (try state(threads: 1), try state(threads: 3))
    #expect(one == three)
  }
}
