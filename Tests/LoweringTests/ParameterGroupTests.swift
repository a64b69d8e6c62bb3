import Execution
import Lowering
import Modules
import Optimizers
import Spec
import TensorIR
import TestSupport
import Testing

/// Weights apart from biases and from what norms own.
@Suite struct ParameterGroupTests {
  private static let weights = ["D.0.weight", "D.3.weight"]
  private static let rest = ["D.0.bias", "D.1.weight", "D.1.bias", "D.3.bias"]

  private static func text(
    _ regularizers: String, optimizer: String = "{type: sgd, lr: 0.5}"
  ) -> String {
    SmallGames.mlp(regularizers: regularizers)
      .replacing(
        "[{linear: 5}, tanh, {linear: 1}]", with: "[{linear: 5}, batch_norm, tanh, {linear: 1}]"
      )
      .replacing("{type: adam, lr: 1e-3}", with: optimizer)
  }

  private struct Step {
    var function: Function
    var inputs: [[Double]]
    var values: [[Double]]

    init(_ text: String, _ scalars: [String: Double] = [:]) throws {
      function = try SmallGames.step("discriminator", of: text)
      inputs = function.randomInputs(seed: 9)
      for (index, name) in function.graph.inputNames.enumerated() {
        if let value = scalars[name] { inputs[index] = [value] }
      }
      values = evaluate(function.graph, inputs: inputs)
    }

    func before(_ name: String) throws -> [Double] {
      inputs[try #require(function.graph.inputNames.firstIndex(of: name))]
    }

    func result(_ target: ResultTarget) throws -> [Double] {
      values[try #require(function.index(of: target))]
    }
  }

  @Test func normsOfWeights() throws {
    let all =
      "{name: p, player: discriminator, weight: 1, value: \"sumsq(params(D, only=weight))\"}"
    let step = try Step(Self.text(all))
    let expected = try Self.weights.flatMap { try step.before($0) }.map { $0 * $0 }.reduce(0, +)
    #expect(abs(try step.result(.scalar("p"))[0] - expected) < 1e-12)
    for name in Self.rest {
      let gradient = try step.result(.penaltyGradient(penalty: "p", parameter: name))
      #expect(gradient.allSatisfy { $0 == 0 })
    }
  }

  /// The norm of the gradient by weights is that of their parts of the whole.
  @Test func gradientsByWeights() throws {
    let value = "sumsq(grad(loss(discriminator), params(D, only=weight)))"
    let step = try Step(
      Self.text("{name: p, player: discriminator, weight: 1, value: \"\(value)\"}"))
    let parts = try Self.weights.map {
      try step.result(.penaltyGradient(penalty: "loss", parameter: $0))
    }
    let expected = parts.joined().map { $0 * $0 }.reduce(0, +)
    #expect(abs(try step.result(.scalar("p"))[0] - expected) < 1e-12)
  }

  /// A gradient by a `let` value with a tensor for each parameter has one for each: that of ‖v‖²/2 is v.
  @Test func gradientsByValuesOfAllTensors() throws {
    let value = "sumsq(grad(0.5*sumsq(twice), twice))"
    let step = try Step(
      Self.text(
        "{name: p, player: discriminator, weight: 1, let: {twice: 2*params(D)}, value: \"\(value)\"}"
      ))
    let all = try (Self.weights + Self.rest).flatMap { try step.before($0) }
    let expected = 4 * all.map { $0 * $0 }.reduce(0, +)
    #expect(abs(try step.result(.scalar("p"))[0] - expected) < 1e-12 * expected)
  }

  @Test func constraintsOfWeights() throws {
    let value = "clamp(only_weights(w), -0.01, 0.01) + (w - only_weights(w))"
    let rule = "{name: box, kind: constraint, player: discriminator, value: \"\(value)\"}"
    let (step, free) = (try Step(Self.text(rule)), try Step(Self.text("")))
    for name in Self.weights {
      #expect(try step.result(.variable(name)).allSatisfy { abs($0) <= 0.01 })
    }
    for name in Self.rest {
      #expect(try step.result(.variable(name)) == free.result(.variable(name)))
    }
  }

  /// w - lr·(g + decay·w), with another rate and no decay for the rest.
  @Test func ratesAndDecay() throws {
    let optimizer = "{type: sgd, lr: 0.5, weight_decay: 0.25, rest: {lr: 2, weight_decay: 0}}"
    let numbers = ["step/learningRate": 0.5, "step/rest/learningRate": 2]
    let step = try Step(Self.text("", optimizer: optimizer), numbers)
    for (names, rate, decay) in [(Self.weights, 0.5, 0.25), (Self.rest, 2, 0)] {
      for name in names {
        let (w, g) = (try step.before(name), try step.result(.gradient(parameter: name)))
        let moved = try step.result(.variable(name))
        for i in w.indices {
          #expect(abs(moved[i] - (w[i] - rate * (g[i] + decay * w[i]))) < 1e-12)
        }
      }
    }
    let player = try SmallGames.load(Self.text("", optimizer: optimizer)).players[0]
    #expect(player.optimizer.scalar("rest/learningRate", step: 0, round: 0) == 2)
  }
}
