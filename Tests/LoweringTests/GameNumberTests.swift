import Execution
import Lowering
import Modules
import Optimizers
import Spec
import TensorIR
import TestSupport
import Testing

/// The round, scalars on a schedule, and values of the game that rules move.
@Suite struct GameNumberTests {
  /// BEGAN's balance: the weight of the fake term is a value that each step of the critic moves.
  private static let began = SmallGames.mlp(
    regularizers:
      "{name: held, player: discriminator, weight: 1, value: \"-k*mean(sumsq(D(fake), over=sample)) + rate*round\"}",
    extra: """
      scalars: {rate: {value: 3, schedule: {linear: {to: 1, over: 4}}}}
      state:
        k: {init: 0.25, player: discriminator, becomes: "clamp(k + rate*m, 0, 1)", let: {m: mean(D(x)) - 1}}
        w: {shape: [2], player: generator, becomes: "0.5*w + 0.5*mean(G(z), along=[batch])"}
      """)

  private func values(
    _ player: String, _ known: (String) -> Double?
  ) throws -> (function: Function, inputs: [[Double]], values: [[Double]]) {
    let function = try SmallGames.step(player, of: Self.began)
    var inputs = function.randomInputs(seed: 5)
    for (index, name) in function.graph.inputNames.enumerated() {
      if let value = known(name) { inputs[index] = inputs[index].map { _ in value } }
    }
    return (function, inputs, evaluate(function.graph, inputs: inputs))
  }

  @Test func aStateMovesByItsRule() throws {
    // D is 1.2 everywhere.
    let numbers = [
      "state/k": 0.25, "game/rate": 2, "game/round": 7, "D.2.weight": 0, "D.2.bias": 1.2,
    ]
    let (function, _, values) = try values("discriminator") { numbers[$0] }
    func result(_ target: ResultTarget) throws -> Double {
      values[try #require(function.index(of: target))][0]
    }
    // 0.25 + 2*(1.2 - 1)
    #expect(abs(try result(.variable("state/k")) - 0.65) < 1e-12)
    #expect(try result(.scalar("k")) == result(.variable("state/k")))
    // The penalty sees what k was, and the numbers of the round.
    // -0.25*1.2^2 + 2*7
    #expect(abs(try result(.scalar("held")) - 13.64) < 1e-12)
  }

  /// A value of the game is a constant for every gradient, and moves in its own player's steps only.
  @Test func whoMovesIt() throws {
    let generator = try SmallGames.step("generator", of: Self.began)
    #expect(generator.index(of: .variable("state/k")) == nil)
    #expect(generator.index(of: .variable("state/w")) != nil)
    let discriminator = try SmallGames.step("discriminator", of: Self.began)
    #expect(discriminator.index(of: .variable("state/k")) != nil)
    #expect(discriminator.index(of: .variable("state/w")) == nil)
    let variables = lower(try SmallGames.load(Self.began)).variables
    let k = try #require(variables.first { $0.name == "state/k" })
    #expect(k.initial == .constant(0.25))
    #expect(variables.first { $0.name == "state/w" }?.shape == [2])
  }

  /// The name of a stream, a let or a var comes before the built-in `round`.
  @Test func roundIsNoReservedName() throws {
    let text = SmallGames.mlp(
      regularizers: "{name: p, player: generator, value: round*mean(G(z))}",
      extra: "vars: {round: 2}")
    let function = try SmallGames.step("generator", of: text)
    #expect(!function.inputs.contains(.scalar(.round)))
  }

  /// A weight and a learning rate may be a scalar, whose number and schedule they then have.
  @Test func aWeightOrARateIsAScalar() throws {
    let text = SmallGames.mlp(
      regularizers:
        "{name: p, player: generator, weight: fade, value: fade*mean(G(z))}, r1: {weight: fade}",
      extra: """
        scalars:
          fade: {value: 3, schedule: {linear: {to: 1, over: 4}}}
          speed: {value: 0.01, schedule: {step: {factor: 0.1, every: 2}}}
        players: {generator: {optimizer: {lr: speed, rest: {lr: fade}}}}
        """)
    let players = try SmallGames.load(text).players
    for player in players {
      let penalty = try #require(player.penalties.first)
      #expect(penalty.weight == .number(3))
      #expect((0..<6).map { penalty.schedule.value(from: 3, round: $0) } == [3, 2.5, 2, 1.5, 1, 1])
    }
    let optimizer = try #require(players.first { $0.name == "generator" }?.optimizer)
    let rates = (0..<4).map { optimizer.scalar("learningRate", step: $0, round: $0) }
    #expect(zip(rates, [0.01, 0.01, 0.001, 0.001]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(optimizer.scalar("rest/learningRate", step: 2, round: 2) == 2)
  }

  @Test func moreSteps() throws {
    let text = SmallGames.mlp(
      extra: "players: {discriminator: {steps: 5, more_steps: {count: 100, first: 3, every: 10}}}")
    let player = try #require(try SmallGames.load(text).players.first)
    #expect((0..<12).map(player.stepCount.inRound) == [100, 100, 100, 5, 5, 5, 5, 5, 5, 5, 100, 5])
    #expect(player.stepCount.most == 100)
    // The last is a penalty's own step.
    for steps in [
      player.stepCount, StepCount(usual: 0, more: MoreSteps(count: 1, first: 0, every: 16)),
    ] {
      for rounds in 1...40 {
        let all = (0..<rounds).map(steps.inRound).reduce(0, +)
        #expect(abs(steps.mean(rounds: rounds) - Double(all) / Double(rounds)) < 1e-12)
      }
    }
  }
}
