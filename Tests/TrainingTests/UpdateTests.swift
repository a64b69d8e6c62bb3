import Execution
import Lowering
import Planning
import Spec
import Testing

@testable import Training

@Suite struct UpdateTests {
  private static let regularizers =
    "[spectral_norm, gradient_norm_clipping, r1: {every: 2}, advas]"

  private static func settings(_ update: String) -> [String] {
    ["train.update=\(update)", "ema.G={decay: 0.5, start: 1}", "optimizer.schedule=cosine"]
  }

  private func state(_ trainer: Trainer) -> [String: [Double]] {
    let names = trainer.compiled.module.variables.map(\.name)
    return Dictionary(
      uniqueKeysWithValues: names.indices.map { (names[$0], trainer.engine.state($0)) })
  }

  /// The float32 engine, with all passes, keeps to the reference in every mode.
  @Test(arguments: ["alternating", "simultaneous", "extragradient"])
  func enginesAgree(update: String) throws {
    var states: [[String: [Double]]] = []
    for precision in [Compiler.Precision.float32, .float64] {
      let trainer = try Trainer(
        compile(
          regularizers: Self.regularizers, settings: Self.settings(update), precision: precision))
      for _ in 0..<3 { try trainer.runRound() }
      states.append(state(trainer))
    }
    #expect(states[0].keys == states[1].keys)
    for (name, fast) in states[0] {
      for (a, b) in zip(fast, states[1][name] ?? []) {
        #expect(abs(a - b) < 1e-3 * max(1, abs(b)), "\(name)")
      }
    }
  }

  /// Nothing that a round needs is outside of the snapshot.
  @Test(arguments: ["alternating", "simultaneous", "extragradient"])
  func continuesBitForBit(update: String) throws {
    let compiled = try compile(
      regularizers: Self.regularizers, settings: Self.settings(update) + ["train.share=[x]"])
    let whole = try Trainer(compiled)
    for _ in 0..<2 { try whole.runRound() }
    let snapshot = whole.snapshot()
    for _ in 0..<3 { try whole.runRound() }
    let second = try Trainer(compiled)
    second.restore(snapshot)
    for _ in 0..<3 { try second.runRound() }
    #expect(whole.snapshot() == second.snapshot())
  }

  /// An average is a copy until its start, and averages from then on.
  @Test func averageStarts() throws {
    let trainer = try Trainer(compile(settings: ["ema.G={decay: 0.5, start: 1}"]))
    try trainer.runRound()
    let first = state(trainer)
    #expect(first["ema/G.0.weight"] == first["G.0.weight"])
    try trainer.runRound()
    let second = state(trainer)
    for (i, average) in (second["ema/G.0.weight"] ?? []).enumerated() {
      let (old, new) = (first["G.0.weight"]?[i] ?? .nan, second["G.0.weight"]?[i] ?? .nan)
      #expect(abs(average - (old + new) / 2) < 1e-6)
    }
  }

  /// The i-th step of a round sees the same shared samples, whoever takes it; all else stays each player's own.
  @Test func sharedSamples() throws {
    func draws(_ settings: [String]) throws -> [String: [Float]] {
      let trainer = try Trainer(compile(settings: settings + ["players.discriminator={steps: 2}"]))
      let log = DrawLog()
      for _ in 0..<2 { _ = try trainer.runRound(observer: log) }
      return log.draws
    }
    let shared = try draws(["train.share=[x]"])
    let apart = try draws([])
    for (own, others) in [("generator/0", "discriminator/0"), ("generator/1", "discriminator/2")] {
      #expect(shared[own + "/x"] != nil)
      #expect(shared[own + "/x"] == shared[others + "/x"])
      #expect(apart[own + "/x"] != apart[others + "/x"])
      #expect(shared[own + "/z"] == apart[own + "/z"])
      #expect(shared[own + "/z"] != shared[others + "/z"])
    }
    #expect(shared["discriminator/0/x"] != shared["discriminator/1/x"])
  }
}
