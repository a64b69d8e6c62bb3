import Diagnostics
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

/// How many samples the inputs of a step have.
@Suite struct BatchTests {
  /// Samples of every stream and draw of the player's step.
  private func samples(_ text: String, of player: String) throws -> [String: Int] {
    let function = try SmallGames.step(player, of: text)
    return zip(function.inputs, function.graph.inputTypes).reduce(into: [:]) { sizes, input in
      if let name = input.0.sampleName { sizes[name] = input.1.shape[0] }
    }
  }

  /// A player's own batch is that of all its step evaluates, losses of others included, and of nobody else's step.
  @Test func aPlayersBatchIsThatOfItsStep() throws {
    let text = SmallGames.mlp(
      regularizers: "wgan_gp, advas: {include_regularizers: true}",
      extra: "players: {generator: {batch: 10}}")
    #expect(try samples(text, of: "discriminator") == ["x": 6, "z": 6, "wgan_gp.t": 6])
    #expect(try samples(text, of: "generator") == ["x": 10, "z": 10, "wgan_gp.t": 10])
  }

  /// Draws have the batch of the streams that they meet, not that of the first stream.
  @Test func drawsHaveTheBatchOfTheirExpression() throws {
    let text = SmallGames.mlp(
      regularizers:
        "{name: own, player: generator, let: {t: uniform(over=sample)}, value: \"mean(t*D(G(w)))\"}"
    ).replacing("latent:\n", with: "latent:\n  w: {shape: [3], batch: 4}\n")
    #expect(try samples(text, of: "generator") == ["z": 6, "w": 4, "own.t": 4])
  }

  /// `over=batch` in a layer is one number for all samples of a call, on halves of the batch too.
  @Test(arguments: ["discriminator", "generator"])
  func aLayerDrawsForAllSamples(player: String) throws {
    let layer = "{input: {x: [C]}, value: \"x*uniform(over=batch)\"}"
    let text = SmallGames.mlp(regularizers: "advas", extra: "define: {layers: {fade: \(layer)}}")
      .replacing("{linear: 5}, tanh", with: "{linear: 5}, fade, tanh")
    let function = try SmallGames.step(player, of: text)
    let shapes = zip(function.inputs, function.graph.inputTypes).compactMap {
      source, type -> Shape? in
      if case .draw = source { type.shape } else { nil }
    }
    #expect(!shapes.isEmpty)
    #expect(shapes.allSatisfy { $0.rank == 0 }, "\(shapes)")
  }

  /// Halves that groups of samples do not divide are a fault of the spec, found by the graph that sees them.
  @Test(arguments: [
    (12, "wgan_gp, advas", [6]), (12, "wgan_gp", []), (16, "advas", []), (10, "", [10]),
  ])
  func groupsDivideEveryBatch(batch: Int, regularizers: String, batches: [Int]) throws {
    let text = SmallGames.mlp(regularizers: regularizers)
      .replacing("batch: 6", with: "batch: \(batch)")
      .replacing("{linear: 5}, tanh", with: "{linear: 5}, minibatch_std, tanh")
    let faults = lower(try SmallGames.load(text)).functions.flatMap(\.faults)
    #expect(
      Set(faults.map(\.message))
        == Set(
          batches.map {
            "'minibatch_std' compares groups of 4 samples, which do not divide a batch of \($0)"
          }))
    #expect(faults.allSatisfy { $0.span?.text == "minibatch_std" })
  }

  /// An even batch may have an odd number of packs, which no two halves have.
  @Test(arguments: [(6, 2, 3), (4, 4, 1)])
  func halvesOfPacks(batch: Int, pack: Int, packs: Int) throws {
    let value = "mean(sumsq(pack(D(x), \(pack)), over=sample), half=1)"
    let text = SmallGames.mlp(
      regularizers: "{name: own, player: discriminator, value: \"\(value)\"}"
    ).replacing("batch: 6", with: "batch: \(batch)")
    let faults = lower(try SmallGames.load(text)).functions.flatMap(\.faults)
    #expect(
      Set(faults.map(\.message)) == [
        "'half=' cuts a batch in two, but here it has \(packs) samples or packs, which is odd"
      ])
  }

  /// What is drawn for packs meets those of a half, however wrong their number is.
  @Test(arguments: [4, 12])
  func packsThatDoNotDivideHalves(batch: Int) throws {
    let text = SmallGames.mlp(
      regularizers: "wgan_gp, advas: {include_regularizers: true}",
      extra: "bind: {real: \"pack(x, 4)\", fake: \"pack(G(z), 4)\"}"
    ).replacing("batch: 6", with: "batch: \(batch)")
      .replacing("input: x", with: "input: {x: [8]}")
    let faults = lower(try SmallGames.load(text)).functions.flatMap(\.faults)
    #expect(
      faults.first?.message
        == "packs of 4 samples do not divide a batch of \(batch / 2)")
  }

  @Test(arguments: [
    (
      "players: {generator: {batch: 10}}", "train: {total: 2, share: [z]}",
      "player 'generator' takes batches of 10, but shares 'z', whose batches are 6"
    ),
    (
      "players: {generator: {batch: 7}}", "train: {total: 2}",
      "'half=' cuts a batch in two, but the batch of 'generator' is 7, which is odd"
    ),
    (
      "players: {generator: {batch: 0}}", "train: {total: 2}",
      "'batch' of player 'generator' must be at least 1, but is 0"
    ),
  ])
  func faults(players: String, train: String, message: String) {
    let text = SmallGames.mlp(regularizers: "advas", extra: players)
      .replacing("train: {total: 2 steps}", with: train)
    let result = SpecLoader().load(text: text)
    #expect(result.experiment == nil)
    #expect(
      result.diagnostics.rendered.contains("error: \(message)"), "\(result.diagnostics.rendered)")
  }

  /// The halves of a loss that a player with its own batch evaluates, however deep it stands.
  @Test func halvesOfOtherPlayersLosses() {
    let text = SmallGames.mlp(
      regularizers: "{name: p, player: generator, value: loss(discriminator)}",
      extra: """
        players:
          discriminator: {minimizes: "mean(D(x), half=1)*mean(D(G(z)), half=2)"}
          generator: {batch: 7}
        """)
    let result = SpecLoader().load(text: text)
    #expect(result.diagnostics.rendered.contains("but the batch of 'generator' is 7, which is odd"))
    #expect(result.experiment == nil)
  }
}
