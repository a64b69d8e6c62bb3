import Compilation
import GameSupport
import Lowering
import Modules
import Optimizers
import Spec
import Testing

@testable import Training

@Suite struct TrainerTests {
  @Test func aPenaltyOfOnePlayerNeverShiftsSamples() throws {
    let (plain, regularized) = (DrawLog(), DrawLog())
    let first = try Trainer(compile(regularizers: "[]"))
    let second = try Trainer(compile(regularizers: "[wgan_gp, advas: {estimator: two_batch}]"))
    for _ in 0..<3 {
      _ = try first.runRound(observer: plain)
      _ = try second.runRound(observer: regularized)
    }
    // Only streams that both games draw are compared; the penalties add names of their own.
    #expect(plain.draws.count == 9)
    for (name, values) in plain.draws { #expect(regularized.draws[name] == values, "\(name)") }
    #expect(regularized.draws["generator/1/x@2"] != nil)
    #expect(regularized.draws["generator/1/z@2"] != regularized.draws["generator/1/z"])
  }

  @Test func playersAndStepsDrawTheirOwnSamples() throws {
    let log = DrawLog()
    let trainer = try Trainer(compile(settings: ["players.discriminator.steps=2"]))
    for _ in 0..<2 { _ = try trainer.runRound(observer: log) }
    #expect(trainer.steps == ["discriminator": 4, "generator": 2])
    let latents = log.draws.filter { $0.key.hasSuffix("/z") }
    #expect(latents.count == 6)
    #expect(Set(latents.values).count == 6)
  }

  @Test(arguments: [Compiler.Precision.float32, .float64])
  func aSnapshotContinuesBitForBit(precision: Compiler.Precision) throws {
    let trainer = try Trainer(compile(precision: precision))
    for _ in 0..<3 { try trainer.runRound() }
    let middle = trainer.snapshot()
    for _ in 0..<3 { try trainer.runRound() }
    let end = trainer.snapshot()
    let other = try Trainer(compile(precision: precision))
    other.restore(middle)
    // Sampling in between must not leave a trace.
    _ = other.sample()
    for _ in 0..<3 { try other.runRound() }
    #expect(other.snapshot() == end)
    #expect(middle != end)
  }

  @Test func bothEnginesComputeTheSameScalars() throws {
    let fast = try Trainer(compile())
    let reference = try Trainer(compile(precision: .float64))
    for _ in 0..<5 {
      for (a, b) in zip(try fast.runRound(), try reference.runRound()) {
        #expect(a.values.map(\.name) == b.values.map(\.name))
        for (x, y) in zip(a.values, b.values) {
          #expect(abs(x.value - y.value) <= 1e-4 * max(1, abs(y.value)), "\(x.name)")
        }
      }
    }
  }

  @Test func samplesAreTheSameWheneverAskedFor() throws {
    let trainer = try Trainer(compile(settings: ["samples.count=10"]))
    let samples = trainer.sample()
    #expect(samples.count == 20)
    #expect(trainer.sample() == samples)
    #expect(trainer.samples(atLeast: 15).count == 40)
    try trainer.runRound()
    #expect(trainer.sample() != samples)
  }

  @Test func adamsScalarsBeginWithStepOne() throws {
    let settings = ["optimizer.lr=0.5", "optimizer.betas=[0.9, 0.99]"]
    let optimizer = try #require(compile(settings: settings).module.players.first).optimizer
    func value(_ name: String, _ count: Int) -> Double {
      StepScalar.optimizer(name).value(for: optimizer, at: .init(count: count))
    }
    #expect(value("learningRate", 7) == 0.5)
    #expect(abs(value("adamBias1", 0) - 0.1) < 1e-15)
    #expect(abs(value("adamBias2Root", 0) - 0.1) < 1e-15)
    #expect(abs(value("adamBias1", 1) - 0.19) < 1e-15)
  }

  @Test func aPeriodChoosesTheGraph() throws {
    let compiled = try compile(regularizers: "[wgan_gp: {every: 3}]")
    let player = try #require(compiled.module.players.first { $0.name == "discriminator" })
    let chosen = (0..<7).map { compiled.step(of: player, count: $0) }
    #expect(chosen.allSatisfy { $0 != nil })
    #expect(chosen[0] == chosen[3] && chosen[0] == chosen[6])
    #expect(chosen[1] == chosen[2] && chosen[1] == chosen[4])
    #expect(chosen[0] != chosen[1])
  }
}
