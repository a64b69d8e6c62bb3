import Diagnostics
import Execution
import Lowering
import Modules
import Optimizers
import Spec
import TensorIR
import TestSupport
import Testing

/// Rounds of the bilinear game min over g, max over d of g·d, whose course is known in closed form.
@Suite struct UpdateTests {
  private static func spec(_ update: String, isShared: Bool = false) -> String {
    """
    spec: 1
    latent: {z: {shape: [1], batch: 2}}
    networks:
      G: {input: z, layers: [{linear: {out: 1, bias: false}}]}
      D: {input: z, layers: [{linear: {out: 1, bias: false}}]}
    define: {functions: {one(v): 0*v + 1}}
    players:
      d: {trains: D, minimizes: "-mean(G(one(z))*D(one(z)))"}
      g: {trains: G, minimizes: "mean(G(one(z))*D(one(z)))"}
    optimizer: {type: sgd, lr: 1}
    train: {total: 1, update: \(update), share: [\(isShared ? "z" : "")]}
    """
  }

  /// g and d after so many rounds from (1, 1) with a learning rate of 0.1.
  private func run(
    _ update: String, rounds: Int, joinsSteps: Bool = false
  ) throws -> (g: Double, d: Double) {
    let experiment = try SmallGames.load(Self.spec(update, isShared: joinsSteps))
    let module = lower(
      experiment, options: LoweringOptions(element: .float64, joinsSteps: joinsSteps))
    let isRound = module.functions.map { if case .round = $0.kind { true } else { false } }
    #expect(isRound.contains(joinsSteps))
    var state = Dictionary(
      uniqueKeysWithValues: module.variables.map {
        ($0.name, [Double](repeating: 1, count: $0.shape.count))
      })
    func step(_ function: Function) {
      let inputs = zip(function.inputs, function.graph.inputTypes).map { source, type -> [Double] in
        switch source {
        case .variable(let name): state[name] ?? []
        case .scalar: [0.1]
        case .stream, .draw: [Double](repeating: 0.5, count: type.shape.count)
        }
      }
      let values = evaluate(function.graph, inputs: inputs)
      for (target, value) in zip(function.results, values) {
        if case .variable(let name) = target { state[name] = value }
      }
    }
    // Functions stand in the order of players; a round looks ahead first and commits last.
    let order = module.functions.sorted { place($0) < place($1) }
    for _ in 0..<rounds { order.forEach(step) }
    return (state["G.0.weight"]?[0] ?? .nan, state["D.0.weight"]?[0] ?? .nan)
  }

  private func place(_ function: Function) -> Int {
    switch function.kind {
    case .lookahead: 0
    case .step(let player, _): player == "d" ? 1 : 2
    case .round: 1
    case .commit: 3
    case .sample, .otherSample, .statistics, .metric, .measure: 4
    }
  }

  @Test(arguments: [
    ("alternating", false), ("simultaneous", false), ("extragradient", false),
    ("{consensus: {weight: 0.5}}", false), ("alternating", true), ("simultaneous", true),
    ("{consensus: {weight: 0.5}}", true),
  ])
  func bilinearGame(update: String, joinsSteps: Bool) throws {
    var (g, d) = (1.0, 1.0)
    for _ in 0..<20 {
      let (g0, d0) = (g, d)
      let (gAhead, dAhead) = (g - 0.1 * d, d + 0.1 * g)
      switch update {
      case "alternating":
        d = d0 + 0.1 * g0
        g = g0 - 0.1 * d
      case "simultaneous": (g, d) = (gAhead, dAhead)
      // The gradient of (g² + d²)/2, times the weight, for each.
      case "{consensus: {weight: 0.5}}": (g, d) = (gAhead - 0.05 * g, dAhead - 0.05 * d)
      default: (g, d) = (g0 - 0.1 * dAhead, d0 + 0.1 * gAhead)
      }
    }
    let found = try run(update, rounds: 20, joinsSteps: joinsSteps)
    #expect(abs(found.g - g) < 1e-13)
    #expect(abs(found.d - d) < 1e-13)
  }

  /// Consensus is the regularizer of that name, for players that move at once, and for any number of them.
  @Test func consensusIsASimultaneousUpdateWithAPenalty() throws {
    let sugar = try SmallGames.load(SmallGames.mlp(), overrides: ["train.update=consensus"])
    let plain = try SmallGames.load(
      SmallGames.mlp(regularizers: "consensus"), overrides: ["train.update=simultaneous"])
    let options = LoweringOptions(element: .float64)
    let (a, b) = (lower(sugar, options: options), lower(plain, options: options))
    #expect(a.functions.map(\.kind) == b.functions.map(\.kind))
    for (x, y) in zip(a.functions, b.functions) {
      let inputs = x.randomInputs(seed: 6)
      #expect(evaluate(x.graph, inputs: inputs) == evaluate(y.graph, inputs: inputs))
    }
    let weighted = try SmallGames.load(
      SmallGames.mlp(extra: "players: {spare: {trains: E, minimizes: mean(E(x)^2)}}").replacing(
        "networks:", with: "networks:\n  E: {input: x, layers: [{linear: 1}]}"),
      overrides: ["train.update={type: consensus, weight: 2, every: 3, schedule: linear}"])
    #expect(
      weighted.players.map { $0.penalties.map(\.name) } == [
        ["consensus_discriminator"], ["consensus_generator"], ["consensus_spare"],
      ])
    for penalty in weighted.players.flatMap(\.penalties) {
      #expect(penalty.weight == .number(2) && penalty.every == 3 && !penalty.schedule.isConstant)
      #expect(penalty.value.networks == ["D", "E", "G"])
    }
  }

  /// Two players cannot start from one value of a network and both move it; where they take turns they can, and one who
  /// does not move is no rival.
  @Test(arguments: [
    ("alternating", "", false), ("simultaneous", "", true), ("extragradient", "", true),
    ("consensus", "", true), ("simultaneous", ", share: [z]", true),
    ("simultaneous", ", order: [g]", false),
  ])
  func rivalsTakeTurns(update: String, more: String, isFault: Bool) throws {
    let text = Self.spec(update).replacing("g: {trains: G,", with: "g: {trains: [G, D],")
      .replacing(", share: []", with: more)
    let module = lower(try SmallGames.load(text), options: LoweringOptions(joinsSteps: true))
    let faults = Set(module.functions.flatMap(\.faults).map(\.message))
    let message =
      "'d' and 'g' both train 'D', but all players move at once, and what one of them makes of it would be lost"
    #expect(faults == (isFault ? [message] : []))
  }

  /// What is shadowed has a variable of its own, and every graph verifies.
  @Test(arguments: ["simultaneous", "extragradient"])
  func modulesVerify(update: String) throws {
    let text = SmallGames.convolutional(regularizers: "wgan_gp, advas, spectral_norm").replacing(
      "total: 2 steps", with: "total: 2 steps, update: \(update)")
    let module = lower(try SmallGames.load(text))
    let names = Set(module.variables.map(\.name))
    for function in module.functions {
      try Verifier.verify(function.graph)
      #expect(function.inputs.count == function.graph.inputNames.count)
      for case .variable(let name) in function.inputs { #expect(names.contains(name)) }
      for case .variable(let name) in function.results { #expect(names.contains(name)) }
    }
    #expect(
      names.contains(update == "simultaneous" ? "next/D.0.weight_u" : "ahead/D.0.weight_orig"))
    #expect(names.contains("ahead/D.0.weight_u") == false)
  }
}
