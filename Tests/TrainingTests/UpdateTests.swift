import Compilation
import Data
import Diagnostics
import Execution
import GameSupport
import Lowering
import Modules
import Planning
import Spec
import Testing

@testable import Inspection
@testable import Training

@Suite struct UpdateTests {
  private static let regularizers =
    "[spectral_norm, gradient_norm_clipping, r1: {every: 2, schedule: cosine}, advas]"

  private static func settings(_ update: String) -> [String] {
    ["train.update=\(update)", "ema.G={decay: 0.5, start: 1}", "optimizer.schedule=cosine"]
  }

  /// All variables are within `bound` of the reference's after three rounds in float32, and each network, which may have
  /// moved by little more than that, within a `share` of its way.
  private func expectAgreement(
    within bound: Double, share: Double, _ make: (Compiler.Precision) throws -> Trainer
  ) throws {
    let (fast, reference) = (try make(.float32), try make(.float64))
    let start = reference.variables
    for trainer in [fast, reference] {
      for _ in 0..<3 { try trainer.runRound() }
    }
    let (found, expected) = (fast.variables, reference.variables)
    #expect(found.keys == expected.keys)
    for (name, values) in expected {
      let own = try #require(found[name])
      #expect(own.count == values.count, "\(name)")
      for (a, b) in zip(own, values) { #expect(abs(a - b) < bound * max(1, abs(b)), "\(name)") }
    }
    for network in ["G", "D"] {
      let way = reference.distance(of: network, from: start)
      #expect(reference.distance(of: network, from: found) < share * way, "\(network)")
    }
  }

  /// The float32 engine, with all passes, keeps to the reference in every mode.
  @Test(arguments: ["alternating", "simultaneous", "extragradient", "consensus"])
  func enginesAgree(update: String) throws {
    // Adam makes steps of rounding errors where there is no gradient, as of a bias before batch norm.
    try expectAgreement(within: 1e-3, share: 0.25) { precision in
      try Trainer(
        compile(
          regularizers: Self.regularizers, settings: Self.settings(update), precision: precision))
    }
  }

  /// With all passes, on values in other places: halves of batches included.
  @Test func enginesAgreeOnAugmentedImages() throws {
    let text = """
      spec: 1
      latent:
        x: {shape: [2, 8, 6], batch: 8}
        z: {shape: [3], batch: 8}
      networks:
        G: {input: z, layers: [{linear: 24}, {reshape: [2, 4, 3]}, relu, {conv_transpose: {out: 2, kernel: 4, stride: 2, padding: 1}}, tanh]}
        D: {input: x, layers: [{conv: {out: 3, kernel: 3, padding: 1}}, {leaky_relu: 0.2}, flatten, {linear: 1}]}
      objective: hinge
      regularizers:
        - balanced_consistency: {schedule: {linear: {to: 1, over: 4}}}
        - advas: {include_regularizers: true}
        - name: packed
          player: discriminator
          let: {f: fresh(x), p: "concat(slice(f, 0, 1), slice(roll(x, 3), 1, 2))"}
          value: mean(D(p), half=1)*mean(D(p), half=2) + mean(D(shift(p, -2, axis=height))^2)
      optimizer: {type: sgd, lr: 0.01}
      train: {total: 8, threads: 2}
      """
    try expectAgreement(within: 1e-4, share: 0.05) { precision in
      let result = SpecLoader(overrides: []).load(text: text)
      var compiler = Compiler(precision: precision)
      let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
      return try Trainer(compiler.compile(experiment))
    }
  }

  /// Nothing that a round needs is outside of the snapshot.
  @Test(arguments: ["alternating", "simultaneous", "extragradient", "consensus"])
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

  /// A schedule's weight is that of the round, whatever a player's step is.
  @Test func scheduledWeights() throws {
    let trainer = try Trainer(
      compile(
        regularizers: "[r1: {weight: 8, schedule: {linear: {to: 0, over: 4}}}]",
        settings: ["players.discriminator={steps: 2}"]))
    var weights: [Double] = []
    for _ in 0..<5 {
      let report = try trainer.runRound()
      weights += report.flatMap(\.values).filter { $0.name == "r1.weight" }.map(\.value)
    }
    #expect(weights == [8, 6, 4, 2, 0])
  }

  /// A profile shows all functions of a round, those that look ahead and the one that commits included.
  @Test(arguments: ["alternating", "simultaneous", "extragradient"])
  func profilesShowWholeRounds(update: String) throws {
    let trainer = try Trainer(compile(settings: ["train.update=\(update)"]))
    var (shown, runs) = (0, Set<Int>())
    trainer.traceRound { _, run, _ in
      shown += 1
      runs.insert(run)
    }
    // Nothing has a period here, so that a round runs each function once, but for that of samples.
    let counts = trainer.compiled.functions.indices.filter { $0 != trainer.compiled.sampling }
      .map { trainer.compiled.functions[$0].executable.program.steps.count }
    #expect(counts.count == ["alternating": 2, "simultaneous": 3, "extragradient": 4][update])
    #expect(counts.allSatisfy { $0 > 0 })
    #expect(shown == counts.reduce(0, +) && runs.count == counts.count)
  }

  /// A profile goes on from round to round: a penalty with a period is due in its own alone.
  @Test func profilesGoOn() throws {
    let trainer = try Trainer(compile(regularizers: "[r1: {every: 3}]"))
    var rounds: [Set<String>] = []
    for _ in 0..<4 {
      var titles: Set<String> = []
      trainer.traceRound { function, _, _ in
        titles.insert(trainer.compiled.functions[function].title)
      }
      rounds.append(titles)
    }
    let due: Set<String> = ["discriminator [r1]", "generator"]
    let other: Set<String> = ["discriminator", "generator"]
    #expect(rounds == [due, other, other, due])
    #expect(trainer.round == 4 && trainer.steps == ["discriminator": 4, "generator": 4])
  }

  /// Fresh batches of two penalties differ, and adding one leaves all other samples as they were.
  @Test func freshBatchesAreIndependent() throws {
    func draws(_ names: [String]) throws -> [String: [Float]] {
      let list = names.map { "{name: \($0), player: discriminator, value: mean(D(fresh(x)))}" }
      let trainer = try Trainer(compile(regularizers: "[\(list.joined(separator: ", "))]"))
      let log = DrawLog()
      _ = try trainer.runRound(observer: log)
      return log.draws
    }
    let (both, alone) = (try draws(["first", "second"]), try draws(["second"]))
    #expect(both["discriminator/0/x@first"] != nil)
    #expect(both["discriminator/0/x@first"] != both["discriminator/0/x@second"])
    for (name, values) in alone { #expect(both[name] == values, "\(name)") }
  }

  /// A record of extragradient has both halves, and the second follows from the first.
  @Test func recordsOfExtragradientHaveBothHalves() throws {
    let compiled = try compile(
      settings: [
        "train.update=extragradient", "optimizer={type: sgd, lr: 0.5}",
        "players.generator.optimizer={type: sgd, lr: 0.5}",
      ],
      precision: .float64, exposes: .gradients)
    let trainer = try Trainer(compiled)
    let recorder = RoundRecorder()
    recorder.noteStart(trainer)
    _ = try trainer.runRound(observer: recorder)
    recorder.noteEnd(trainer)
    func values(_ key: String) throws -> [Double] {
      try #require(recorder.tensors[key], "\(key)").doubles
    }
    for (player, parameter) in [("discriminator", "D.0.weight"), ("generator", "G.0.weight")] {
      let start = try values("parameters/\(parameter)")
      let first = try values("lookahead/\(player)/gradients/\(parameter)")
      let second = try values("gradients/\(player)/0/\(parameter)")
      #expect(first != second)
      for i in start.indices {
        #expect(abs(try values("ahead/\(parameter)")[i] - (start[i] - 0.5 * first[i])) < 1e-14)
        #expect(abs(try values("updated/\(parameter)")[i] - (start[i] - 0.5 * second[i])) < 1e-14)
      }
    }
    #expect(recorder.tensors["lookahead/generator/scalars/advas"] != nil)
    #expect(recorder.tensors["lookahead/generator/gradients/advas/G.0.weight"] != nil)
  }

  /// An average is a copy until its start, and averages from then on.
  @Test func averageStarts() throws {
    let trainer = try Trainer(compile(settings: ["ema.G={decay: 0.5, start: 1}"]))
    try trainer.runRound()
    let first = trainer.variables
    let old = try #require(first["G.0.weight"])
    #expect(first["ema/G.0.weight"] == old)
    try trainer.runRound()
    let second = trainer.variables
    let new = try #require(second["G.0.weight"])
    let average = try #require(second["ema/G.0.weight"])
    #expect(!old.isEmpty && average.count == old.count && new.count == old.count)
    for (i, value) in average.enumerated() {
      #expect(abs(value - (old[i] + new[i]) / 2) < 1e-6)
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
