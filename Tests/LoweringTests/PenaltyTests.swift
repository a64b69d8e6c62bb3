import Execution
import Lowering
import Modules
import Optimizers
import Spec
import TensorIR
import TestSupport
import Testing

/// What penalties draw and how much they count.
@Suite struct PenaltyTests {
  private static let (first, second) = (
    "{name: first, player: discriminator, value: mean(D(fresh(x)))}",
    "{name: second, player: discriminator, value: mean(D(fresh(x)) + D(fresh(x)))}"
  )

  private func batches(_ text: String, of player: String = "discriminator") throws -> [String] {
    let function = try SmallGames.step(player, of: text)
    return function.inputs.compactMap(\.sampleName).sorted()
  }

  /// A batch belongs to the penalty that asks for it, so that no other penalty shifts or shares it.
  @Test func freshBatchesBelongToTheirPenalty() throws {
    let both = try batches(SmallGames.mlp(regularizers: "\(Self.first), \(Self.second)"))
    #expect(both == ["x", "x@first", "x@second", "x@second#2", "z"])
    #expect(
      try batches(SmallGames.mlp(regularizers: Self.second)) == [
        "x", "x@second", "x@second#2", "z",
      ])
  }

  /// Columns of one data set stay aligned, and a second draw of a loss is another batch.
  @Test func freshBatchesOfTwoStreamsAreOneBatch() throws {
    let text = SmallGames.mlp(
      regularizers: "{name: own, player: discriminator, let: {v: fresh(x), u: fresh(y)}, "
        + "value: \"mean(D(v)*sum(u, over=sample))\"}"
    ).replacing("batch: 6}", with: "batch: 6, labels: y}")
    #expect(try batches(text) == ["x", "x@own", "y@own", "z"])
    let draws = SmallGames.mlp(
      regularizers: Self.first + ", advas: {estimator: two_batch, include_regularizers: true}")
    #expect(
      try batches(draws, of: "generator") == ["x", "x@2", "x@first", "x@first@2", "z", "z@2"])
  }

  /// A schedule makes the weight an input of every step that needs it, also that of another player.
  @Test func aScheduledWeightIsReadByEveryPlayer() throws {
    let text = SmallGames.mlp(
      regularizers:
        "r1: {schedule: linear, every: 2}, advas: {estimator: biased, include_regularizers: true}")
    let weight = StepScalar.penaltyWeight(
      name: "r1", start: 10,
      schedule: try #require(SmallGames.load(text).players.first?.penalties.first).schedule)
    for player in ["discriminator", "generator"] {
      #expect(try SmallGames.step(player, of: text).inputs.contains(.scalar(weight)))
    }
    // Every scalar input is 0.5 here; the lazy penalty counts twice.
    let function = try SmallGames.step("discriminator", of: text)
    let values = evaluate(function.graph, inputs: function.randomInputs(seed: 3))
    #expect(values[try #require(function.index(of: .scalar("r1.weight")))] == [1])
    let still = SmallGames.mlp(regularizers: "r1: {schedule: constant}")
    let inputs = try SmallGames.step("discriminator", of: still).inputs
    #expect(inputs.allSatisfy { if case .scalar(.penaltyWeight) = $0 { false } else { true } })
  }

  /// A loss with its penalties has the same ones, whether or not they are steps of their own.
  @Test func aLossHasPenaltiesOfOtherSteps() throws {
    func generator(_ keys: String) throws -> (order: Int?, advas: [Double]) {
      let text = SmallGames.mlp(
        regularizers: "r1: {\(keys)}, advas: {weight: 1, include_regularizers: true}")
      let experiment = try SmallGames.load(text)
      let player = try #require(experiment.players.first { $0.name == "generator" })
      let step = try SmallGames.step("generator", of: text)
      let values = evaluate(step.graph, inputs: step.randomInputs(seed: 5))
      return (
        experiment.derivativeOrder(ofTerm: "advas", of: player),
        values[try #require(step.index(of: .scalar("advas")))]
      )
    }
    let (inside, apart) = try (generator("every: 2"), generator("every: 2, lazy: own_step"))
    #expect(inside.order == 2)
    #expect(apart.order == 2)
    #expect(inside.advas == apart.advas)
  }

  /// A penalty that reaches nothing that its player trains is a measurement: logged, and without effect.
  @Test(arguments: ["0.5", "auto"])
  func measurementsMoveNothing(weight: String) throws {
    let entry = "{name: gap, player: generator, weight: \(weight), value: mean(D(x))}"
    let (with, without) = try (
      SmallGames.step("generator", of: SmallGames.mlp(regularizers: entry)),
      SmallGames.step("generator", of: SmallGames.mlp())
    )
    func gradient(_ function: Function) throws -> [Double] {
      let inputs = function.randomInputs(seed: 4)
      let named = Dictionary(
        uniqueKeysWithValues: zip(with.graph.inputNames, with.randomInputs(seed: 4)))
      let own = zip(function.graph.inputNames, inputs).map { named[$0] ?? $1 }
      let values = evaluate(function.graph, inputs: own)
      return values[try #require(function.index(of: .gradient(parameter: "G.0.weight")))]
    }
    #expect(with.index(of: .scalar("gap")) != nil)
    #expect(try gradient(with) == gradient(without))
  }

  /// The weight of a transposed convolution, [in, out, kh, kw], has its outputs on the second axis.
  @Test(arguments: [false, true])
  func orthogonalityOfTransposedConvolutions(diagonal: Bool) throws {
    let name = diagonal ? "orthogonal_2017" : "orthogonal"
    let last = "conv_transpose: {out: 1, kernel: 4, stride: 2, padding: 1}"
    let text = SmallGames.convolutional(regularizers: name).replacing(
      last,
      with: "residual: {main: [{conv_transpose: {out: 3, kernel: 1}}, {conv: {out: 2, kernel: 1}}]}"
        + "\n      - \(last)")
    let function = try SmallGames.step("generator", of: text)
    let inputs = function.randomInputs(seed: 2)
    var expected = 0.0
    for (name, axis) in [
      ("G.0.weight", 0), ("G.4.main.0.weight", 1), ("G.4.main.1.weight", 0), ("G.5.weight", 1),
    ] {
      let index = try #require(function.graph.inputNames.firstIndex(of: name))
      let shape = function.graph.inputTypes[index].shape.dimensions
      expected += gramPenalty(inputs[index], shape, outputs: axis, diagonal: diagonal)
    }
    let values = evaluate(function.graph, inputs: inputs)
    let found = values[try #require(function.index(of: .scalar(name)))][0]
    #expect(abs(found - expected) < 1e-12 * expected)
  }

  /// Σᵢⱼ (⟨rowᵢ, rowⱼ⟩ - δᵢⱼ)² for rows along one axis.
  private func gramPenalty(
    _ w: [Double], _ shape: [Int], outputs axis: Int, diagonal: Bool
  ) -> Double {
    let inner = shape[(axis + 1)...].reduce(1, *)
    var rows = [[Double]](repeating: [], count: shape[axis])
    for (i, value) in w.enumerated() { rows[i / inner % shape[axis]].append(value) }
    var sum = 0.0
    for i in rows.indices {
      for j in rows.indices where i != j || diagonal {
        let product = zip(rows[i], rows[j]).reduce(0) { $0 + $1.0 * $1.1 }
        sum += (product - (i == j ? 1 : 0)) * (product - (i == j ? 1 : 0))
      }
    }
    return sum
  }
}
