import Execution
import Foundation
import Lowering
import Modules
import Optimizers
import Spec
import TensorIR
import TestSupport
import Testing

@Suite struct AverageTests {
  private static let text = SmallGames.mlp(extra: "ema: {G: {decay: 0.75, start: 3}}")

  /// a ← decay·a + (1 - decay)·w with the parameter as the step leaves it; a copy where the decay is 0.
  @Test(arguments: [0.75, 0])
  func movesInTheStepOfItsTrainer(decay: Double) throws {
    let function = try SmallGames.step("generator", of: Self.text)
    var inputs = function.randomInputs(seed: 3)
    for (position, source) in function.inputs.enumerated() {
      guard case .scalar(.averageDecay(let network, AverageDecay(decay: 0.75, start: 3))) = source
      else { continue }
      #expect(network == "G")
      inputs[position] = [decay]
    }
    let values = evaluate(function.graph, inputs: inputs)
    func after(_ name: String) throws -> [Double] {
      values[try #require(function.index(of: .variable(name)))]
    }
    for name in ["G.0.weight", "G.0.bias", "G.2.weight", "G.2.bias"] {
      let old = inputs[try #require(function.graph.inputNames.firstIndex(of: "ema/" + name))]
      let (w, a) = (try after(name), try after("ema/" + name))
      for i in w.indices {
        #expect(abs(a[i] - (decay * old[i] + (1 - decay) * w[i])) < 1e-15)
        if decay == 0 { #expect(a[i] == w[i]) }
      }
    }
    let other = try SmallGames.step("discriminator", of: Self.text)
    #expect(!other.graph.inputNames.contains { $0.hasPrefix("ema/") })
  }

  @Test func samplesUseTheAverageUnlessToldOtherwise() throws {
    func inputs(_ overrides: [String]) throws -> [InputSource] {
      let module = lower(try SmallGames.load(Self.text, overrides: overrides))
      return try #require(module.functions.last { !$0.isStep(of: "generator") }).inputs
    }
    #expect(try inputs([]).contains(.variable("ema/G.0.weight")))
    #expect(try !inputs([]).contains(.variable("G.0.weight")))
    #expect(try inputs(["samples.use=current"]).contains(.variable("G.0.weight")))
  }

  @Test func averagesStartAsTheirParameters() throws {
    let variables = lower(try SmallGames.load(Self.text)).variables
    let weight = try #require(variables.first { $0.name == "G.0.weight" })
    let average = try #require(variables.first { $0.name == "ema/G.0.weight" })
    #expect(average.initial == .copy(of: "G.0.weight", weight.initial))
    #expect(average.shape == weight.shape)
  }

  @Test(arguments: [("10 kimg", 64.0, 10_000.0), ("500 steps", 1, 500), ("0.5 kimg", 64, 500)])
  func halfLives(text: String, stride: Double, half: Double) throws {
    let spec = SmallGames.mlp(extra: "ema: {G: {half_life: \(text)}}")
      .replacing("batch: 6", with: "batch: 64")
    let decay = try #require(try SmallGames.load(spec).averages.first).decay.decay
    #expect(abs(pow(decay, half / stride) - 0.5) < 1e-12)
  }

  /// Half-lives by round: a twentieth of the rounds so far and then 10,000 images of 64, and half a cosine wave from 0.
  @Test(arguments: [
    ("{half_life: 10 kimg, rampup: 0.05}", 0, 0.0), ("{half_life: 10 kimg, rampup: 0.05}", 100, 5),
    ("{half_life: 10 kimg, rampup: 0.05}", 100_000, 156.25),
    ("{half_life: 0, schedule: {cosine: {to: 100, over: 200}}}", 0, 0),
    ("{half_life: 0, schedule: {cosine: {to: 100, over: 200}}}", 100, 50),
    ("{half_life: 0, schedule: {cosine: {to: 100, over: 200}}}", 500, 100),
    ("{half_life: 40, start: 10, schedule: {linear: {to: 80, over: 20}}}", 9, 0),
    ("{half_life: 40, start: 10, schedule: {linear: {to: 80, over: 20}}}", 10, 60),
  ])
  func changingHalfLives(entry: String, round: Int, life: Double) throws {
    let spec = SmallGames.mlp(extra: "ema: {G: \(entry)}")
      .replacing("batch: 6", with: "batch: 64")
    let decay = try #require(try SmallGames.load(spec).averages.first).decay
    let expected = life > 0 ? pow(0.5, 1 / life) : 0
    #expect(abs(decay.value(round: round) - expected) < 1e-12)
  }
}

/// Which running statistics an average has.
@Suite struct BufferAverageTests {
  private static func text(_ buffers: String) -> String {
    SmallGames.mlp(extra: "ema: {G: {decay: 0.75, buffers: \(buffers)}}")
      .replacing("[{linear: 4}, tanh,", with: "[{linear: 4}, batch_norm, tanh,")
  }

  @Test(arguments: [("copy", [Bool](), false), ("average", [true], true), ("keep", [false], true)])
  func moves(buffers: String, moved: [Bool], isRead: Bool) throws {
    let text = Self.text(buffers)
    let step = try SmallGames.step("generator", of: text)
    let name = "ema/G.1.running_mean"
    let module = lower(try SmallGames.load(text))
    #expect(module.variables.contains { $0.name == name } == !moved.isEmpty)
    #expect((step.index(of: .variable(name)) != nil) == moved.contains(true))
    let sampling = try #require(
      module.functions.first { if case .sample = $0.kind { true } else { false } })
    #expect(sampling.inputs.contains(.variable(name)) == isRead)
    #expect(sampling.inputs.contains(.variable("G.1.running_mean")) == !isRead)
  }

  /// a ← 0.75·a + 0.25·r of the running mean as the step leaves it.
  @Test func averages() throws {
    let function = try SmallGames.step("generator", of: Self.text("average"))
    var inputs = function.randomInputs(seed: 3)
    for (position, source) in function.inputs.enumerated() {
      if case .scalar(.averageDecay) = source { inputs[position] = [0.75] }
    }
    let values = evaluate(function.graph, inputs: inputs)
    func after(_ name: String) throws -> [Double] {
      values[try #require(function.index(of: .variable(name)))]
    }
    let place = try #require(function.graph.inputNames.firstIndex(of: "ema/G.1.running_mean"))
    let (r, a) = (try after("G.1.running_mean"), try after("ema/G.1.running_mean"))
    for i in r.indices { #expect(abs(a[i] - (0.75 * inputs[place][i] + 0.25 * r[i])) < 1e-15) }
  }
}
