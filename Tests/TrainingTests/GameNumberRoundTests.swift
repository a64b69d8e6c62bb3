import Compilation
import Data
import GameSupport
import Testing

@testable import Training

/// Numbers and values of the game over rounds.
@Suite struct GameNumberRoundTests {
  private static let settings = [
    "scalars={rate: {value: 4, schedule: {linear: {to: 0, over: 4}}}}",
    "state={s: {init: 10, player: discriminator, becomes: s + rate + 100*round}}",
    "players.discriminator={steps: 1, more_steps: {count: 3, first: 1}}",
  ]

  private func state(_ trainer: Trainer) throws -> Double {
    trainer.tensor(try #require(trainer.compiled.variable("state/s"))).doubles[0]
  }

  /// Round 0 has three steps of the discriminator with a rate of 4, round 1 one with 3.
  @Test func rounds() throws {
    let trainer = try Trainer(compile(regularizers: "[]", settings: Self.settings))
    #expect(try state(trainer) == 10)
    let scalars = try trainer.runRound()
    #expect(try state(trainer) == 22)
    #expect(scalars[0].values.contains { $0 == ("s", 22) })
    #expect(trainer.steps == ["discriminator": 3, "generator": 1])
    try trainer.runRound()
    #expect(try state(trainer) == 125)
    #expect(trainer.steps == ["discriminator": 4, "generator": 2])
  }

  /// A run goes on from a snapshot with the value that it had.
  @Test func snapshots() throws {
    let trainer = try Trainer(compile(regularizers: "[]", settings: Self.settings))
    try trainer.runRound()
    let snapshot = trainer.snapshot()
    try trainer.runRound()
    let after = try state(trainer)
    let other = try Trainer(compile(regularizers: "[]", settings: Self.settings))
    other.restore(snapshot)
    try other.runRound()
    #expect(try state(other) == after)
  }
}
