import Execution
import Lowering
import Modules
import Optimizers
import Spec
import TensorIR
import TestSupport
import Testing

@Suite struct StepTests {
  private static let games: [(name: String, text: String, player: String)] = [
    ("gp", SmallGames.mlp(regularizers: "wgan_gp"), "discriminator"),
    ("r1", SmallGames.mlp(regularizers: "r1"), "discriminator"),
    ("split", SmallGames.mlp(regularizers: "advas"), "generator"),
    ("biased", SmallGames.mlp(regularizers: "advas: {estimator: biased}"), "generator"),
    ("two batch", SmallGames.mlp(regularizers: "advas: {estimator: two_batch}"), "generator"),
    (
      "with penalties",
      SmallGames.mlp(regularizers: "r1, advas: {include_regularizers: true}"), "generator"
    ),
    ("class head", NamedOutputTests.acgan(regularizers: "wgan_gp"), "discriminator"),
    ("class head under advas", NamedOutputTests.acgan(regularizers: "advas"), "generator"),
    ("images gp", SmallGames.convolutional(regularizers: "wgan_gp"), "discriminator"),
    ("images split", SmallGames.convolutional(regularizers: "advas"), "generator"),
  ]

  /// The gradient of each term agrees with central differences of that term along a random direction.
  @Test(arguments: games.indices)
  func termGradients(index: Int) throws {
    let (name, text, player) = Self.games[index]
    let function = try SmallGames.step(player, of: text)
    let base = function.randomInputs(seed: 7)
    let values = evaluate(function.graph, inputs: base)
    var generator = SplitMix64(seed: 11)
    var terms = 0
    for (position, target) in function.results.enumerated() {
      guard case .scalar(let term) = target, !term.hasSuffix(".weight") else { continue }
      var plus = base
      var minus = base
      var slope = 0.0
      for case (let place, .penaltyGradient(term, let parameter)) in function.results.enumerated() {
        let input = try #require(function.graph.inputNames.firstIndex(of: parameter))
        let direction = generator.values(base[input].count, in: -1...1)
        slope += zip(values[place], direction).map { $0 * $1 }.reduce(0, +)
        for i in direction.indices {
          plus[input][i] += 1e-5 * direction[i]
          minus[input][i] -= 1e-5 * direction[i]
        }
      }
      let rise = evaluate(function.graph, inputs: plus)[position][0]
      let fall = evaluate(function.graph, inputs: minus)[position][0]
      let quotient = (rise - fall) / 2e-5
      #expect(abs(quotient - slope) < 1e-6 * max(1, abs(slope)), "\(name): \(term)")
      #expect(slope != 0, "\(name): \(term) has no gradient")
      terms += 1
    }
    #expect(terms == 2)
  }

  /// A half sees D of its own samples, and G of the whole batch: AdvAs of [a b] is the product of two gradients.
  @Test func halvesAreGradientsOfHalfBatches() throws {
    let whole = try SmallGames.step("generator", of: SmallGames.mlp(regularizers: "advas"))
    let inputs = whole.randomInputs(seed: 3)
    let value = evaluate(whole.graph, inputs: inputs)
    let advas = value[try #require(whole.index(of: .scalar("advas")))][0]

    let single = try SmallGames.step("discriminator", of: SmallGames.mlp())
    var gradients: [[Double]] = []
    for half in 0..<2 {
      var arguments = single.randomInputs(seed: 3)
      for (position, name) in single.graph.inputNames.enumerated() {
        guard let source = whole.graph.inputNames.firstIndex(of: name) else { continue }
        arguments[position] = inputs[source]
        guard name == "x" || name == "z" else { continue }
        // Repeating a half leaves the mean over it what it was.
        let rows = inputs[source]
        let part = Array(rows[(half * rows.count / 2)..<((half + 1) * rows.count / 2)])
        arguments[position] = part + part
      }
      let results = evaluate(single.graph, inputs: arguments)
      gradients.append(
        single.results.indices.flatMap { index -> [Double] in
          if case .gradient = single.results[index] { return results[index] }
          return []
        })
    }
    let product = zip(gradients[0], gradients[1]).map { $0 * $1 }.reduce(0, +)
    #expect(abs(product - advas) < 1e-12 * abs(product))
  }

  /// Within a half, a gradient by its samples has what networks of other players, which see the whole batch, add to it.
  @Test(arguments: [("x", ""), ("v", "let: {v: 2*x}")])
  func gradientsByTheSamplesOfAHalf(name: String, names: String) throws {
    let text = """
      spec: 1
      latent: {x: {shape: [1], batch: 4}}
      networks:
        F: {input: x, layers: [{linear: {out: 1, bias: false}}]}
        D: {input: x, layers: [{linear: {out: 1, bias: false}}]}
      players:
        critic:
          trains: D
          minimizes: "mean(sumsq(grad(sum(D(F(\(name))) + D(\(name))), \(name)), over=sample))"
          \(names)
        maker:
          trains: F
          minimizes: mean(F(x)^2)
          penalties: [{name: seen, value: "loss(critic, half=1)"}]
      optimizer: {type: sgd, lr: 0.1}
      train: {total: 2}
      """
    let function = try SmallGames.step("maker", of: text)
    let inputs = function.randomInputs(seed: 3)
    func weight(_ name: String) throws -> Double {
      inputs[try #require(function.graph.inputNames.firstIndex(of: name))][0]
    }
    let slope = try weight("D.0.weight") * (weight("F.0.weight") + 1)
    let values = evaluate(function.graph, inputs: inputs)
    let found = values[try #require(function.index(of: .scalar("seen")))][0]
    #expect(abs(found - slope * slope) < 1e-14)
  }

  @Test func biasedEstimatorIsTheSquaredNormOfTheOthersGradient() throws {
    let generator = try SmallGames.step(
      "generator", of: SmallGames.mlp(regularizers: "advas: {estimator: biased}"))
    let inputs = generator.randomInputs(seed: 5)
    let advas = evaluate(generator.graph, inputs: inputs)[
      try #require(generator.index(of: .scalar("advas")))][0]

    let discriminator = try SmallGames.step("discriminator", of: SmallGames.mlp())
    var arguments = discriminator.randomInputs(seed: 5)
    for (position, name) in discriminator.graph.inputNames.enumerated() {
      if let source = generator.graph.inputNames.firstIndex(of: name) {
        arguments[position] = inputs[source]
      }
    }
    let results = evaluate(discriminator.graph, inputs: arguments)
    var norm = 0.0
    for (index, target) in discriminator.results.enumerated() {
      if case .gradient = target { norm += results[index].map { $0 * $0 }.reduce(0, +) }
    }
    #expect(abs(norm - advas) < 1e-12 * norm)
  }

  /// g + min(1, ‖g‖/‖g_p‖)·g_p, on both branches of the minimum and at g_p = 0.
  @Test(arguments: [1e-3, 1.0, 1e3, 0])
  func autoWeight(scale: Double) throws {
    let text = SmallGames.mlp(
      regularizers:
        "{name: p, player: generator, weight: auto, value: \"\(scale)*sumsq(params(G))\"}")
    let function = try SmallGames.step("generator", of: text)
    let values = evaluate(function.graph, inputs: function.randomInputs(seed: 2))
    func gather(_ pick: (ResultTarget) -> Bool) -> [Double] {
      function.results.indices.flatMap { pick(function.results[$0]) ? values[$0] : [] }
    }
    let loss = gather { if case .penaltyGradient("loss", _) = $0 { true } else { false } }
    let own = gather { if case .penaltyGradient("p", _) = $0 { true } else { false } }
    let total = gather { if case .gradient = $0 { true } else { false } }
    func norm(_ v: [Double]) -> Double { v.map { $0 * $0 }.reduce(0, +).squareRoot() }
    let expected = norm(own) == 0 ? 0 : min(1, norm(loss) / norm(own))
    let weight = values[try #require(function.index(of: .scalar("p.weight")))][0]
    #expect(abs(weight - expected) < 1e-12)
    for i in total.indices { #expect(abs(total[i] - (loss[i] + weight * own[i])) < 1e-12) }
    #expect(scale == 1e-3 ? weight == 1 : weight < 1)
  }

  /// G's running statistics move in G's step alone, once per distinct call.
  @Test func buffersMoveInTheirOwnPlayersStep() throws {
    let text = SmallGames.convolutional(regularizers: "advas")
    func moved(_ player: String) throws -> [String] {
      try SmallGames.step(player, of: text).results.compactMap {
        if case .variable(let name) = $0, name.contains("running") { return name }
        return nil
      }
    }
    #expect(try moved("generator") == ["G.2.running_mean", "G.2.running_var"])
    #expect(try moved("discriminator").isEmpty)
  }

  @Test func penaltiesAreDueByTheirOwnSteps() throws {
    let text = SmallGames.mlp(regularizers: "r1: {every: 3, weight: 2}, wgan_gp: {every: 2}")
    let module = lower(try SmallGames.load(text))
    let sets = module.functions.compactMap { function -> Set<String>? in
      if case .step("discriminator", let due) = function.kind { return Set(due) }
      return nil
    }
    let player = try #require(module.players.first { $0.name == "discriminator" })
    let needed = Set((0..<12).map { Set(player.penaltiesDue(at: $0)) })
    #expect(Set(sets) == needed)
    #expect(sets.count == needed.count)
  }

  /// Numbers of the optimizer are inputs whose names no stream has.
  @Test func aStreamMayBeCalledAsANumberOfTheOptimizer() throws {
    let text = SmallGames.mlp().replacing("  z: {", with: "  learningRate: {")
      .replacing("input: z", with: "input: learningRate")
      .replacing("objective:", with: "bind: {fake: G(learningRate)}\nobjective:")
    let function = try SmallGames.step("generator", of: text)
    #expect(function.inputs.contains(.stream("learningRate", batch: "")))
    #expect(function.inputs.contains(.scalar(.optimizer("learningRate"))))
    #expect(Set(function.graph.inputNames).count == function.inputs.count)
  }
}
