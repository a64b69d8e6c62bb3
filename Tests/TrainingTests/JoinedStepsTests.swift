import Compilation
import Execution
import GameSupport
import Lowering
import Modules
import Passes
import Planning
import Spec
import TensorIR
import Testing

@testable import Training

/// Players that share samples take their steps in one graph, and nothing but the cost may show it.
@Suite struct JoinedStepsTests {
  private static let regularizers =
    "[spectral_norm, r1: {every: 2, schedule: cosine}, gradient_norm_clipping, advas: {every: 3}]"

  private static let settings = [
    "train.share=[x, z]", "ema.G={decay: 0.5, start: 1}", "optimizer={type: sgd, lr: 0.05}",
    "optimizer.schedule=cosine", "objective=non_saturating",
  ]

  private func trainer(
    _ settings: [String], regularizers: String = regularizers, isJoined: Bool, optimizes: Bool
  ) throws -> Trainer {
    let experiment = try smallGame(
      regularizers: regularizers, settings: Self.settings + settings)
    var compiler = Compiler(precision: .float64)
    compiler.joinsSteps = isJoined
    compiler.optimizes = optimizes
    let compiled = try compiler.compile(experiment)
    #expect(compiled.joinsSteps == isJoined)
    return try Trainer(compiled)
  }

  /// Losses, penalties and all variables after several rounds are those of steps apart, in float64.
  @Test(
    arguments: ["alternating", "simultaneous"],
    ["discriminator, generator", "generator, discriminator"])
  func trainsAsStepsApartDo(update: String, order: String) throws {
    let settings = ["train.update=\(update)", "train.order=[\(order)]"]
    for regularizers in [Self.regularizers, "[wgan_gp, advas: {include_regularizers: true}]"] {
      let apart = try trainer(
        settings, regularizers: regularizers, isJoined: false, optimizes: false)
      let joined = try trainer(
        settings, regularizers: regularizers, isJoined: true, optimizes: true)
      for round in 0..<7 {
        let (a, b) = (try apart.runRound(), try joined.runRound())
        #expect(a.map(\.player) == b.map(\.player))
        let (values, others) = (a.flatMap(\.values), b.flatMap(\.values))
        #expect(!values.isEmpty && values.map(\.name) == others.map(\.name))
        for (x, y) in zip(values, others) {
          #expect(abs(x.value - y.value) < 1e-11 * max(1, abs(x.value)), "\(x.name), \(round)")
        }
      }
      #expect(apart.steps == joined.steps)
      let (expected, found) = (apart.variables, joined.variables)
      #expect(Set(expected.keys.filter { !$0.hasPrefix("next/") }) == Set(found.keys))
      for (name, values) in found {
        #expect(values.count == expected[name]?.count, "\(name)")
        for (a, b) in zip(values, expected[name] ?? []) {
          #expect(abs(a - b) < 1e-11 * max(1, abs(b)), "\(name)")
        }
      }
    }
  }

  /// Whatever the steps have in common is computed once: with players that move at once, the adversary's step is free.
  @Test func commonWorkIsDoneOnce() throws {
    func cost(_ settings: [String], share: Bool = true) throws -> Double {
      let compiled = try compile(
        regularizers: "[advas]",
        settings: ["objective=non_saturating", "train.share=[\(share ? "x, z" : "")]"] + settings)
      return compiled.functions.filter { $0.owner != "sample" }
        .reduce(0) { $0 + $1.executable.graph.multiplyAdds }
    }
    let apart = try cost([], share: false)
    let (inTurns, generatorFirst) = (
      try cost([]), try cost(["train.order=[generator, discriminator]"])
    )
    let atOnce = try cost(["train.update=simultaneous"])
    let generatorAlone = try compile(
      regularizers: "[advas]", settings: ["objective=non_saturating"]
    ).functions.first { $0.owner == "generator" }?.executable.graph.multiplyAdds
    #expect(inTurns < apart)
    #expect(generatorFirst < inTurns)
    #expect(atOnce == generatorAlone)
  }

  /// Steps stay apart where one player takes several, where nothing is shared, and where records look at them.
  @Test func stepsStayApart() throws {
    let shared = "train.share=[x]"
    #expect(try compile(settings: [shared]).joinsSteps)
    #expect(try !compile().joinsSteps)
    #expect(try !compile(settings: [shared, "players.discriminator={steps: 2}"]).joinsSteps)
    #expect(try !compile(settings: [shared, "train.update=extragradient"]).joinsSteps)
    #expect(try !compile(settings: [shared], exposes: .gradients).joinsSteps)
  }

  /// One graph holds more at a time; a budget that only steps apart can keep to is kept.
  @Test func aBudgetKeepsStepsApart() throws {
    let settings = ["train.share=[x, z]", "train.update=simultaneous", "data.x.batch=256"]
    let free = try compile(settings: settings)
    let apart = try compile(settings: settings, exposes: .gradients)
    let needed = { (c: CompiledExperiment) in c.stateByteCount + c.arenaByteCount }
    try #require(free.joinsSteps && needed(free) > needed(apart))
    let tight = try compile(
      settings: settings + ["train.memory_budget=\((needed(free) - 1) / 1000) kB"])
    #expect(needed(tight) < needed(free))
  }

  /// Penalties of many periods would be a graph for each combination.
  @Test func manyPeriodsKeepStepsApart() throws {
    func game(_ periods: [Int]) throws -> CompiledExperiment {
      let penalties = periods.enumerated().map { index, every in
        let player = index.isMultiple(of: 2) ? "discriminator" : "generator"
        return "{name: p\(index), player: \(player), value: mean(D(G(z))^2), every: \(every)}"
      }
      return try compile(
        regularizers: "[\(penalties.joined(separator: ", "))]", settings: ["train.share=[z]"])
    }
    #expect(try game([2, 3, 5, 7]).joinsSteps)
    #expect(try !game([2, 3, 5, 7, 11, 13]).joinsSteps)
  }

  /// Each set of penalties that can be due together has a graph, and every round finds its own.
  @Test func roundsByWhatIsDue() throws {
    let compiled = try compile(
      regularizers: "[r1: {every: 2}, advas: {every: 3}]", settings: ["train.share=[x]"])
    let found = (0..<6).map { count in
      compiled.step(of: compiled.turns[0], count: count).map { compiled.functions[$0].title }
    }
    #expect(
      found == [
        "round [r1, advas]", "round", "round [r1]", "round [advas]", "round [r1]", "round",
      ])
  }
}
