import Execution
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

@Suite struct TensorRuleTests {
  /// Inputs and results of D's step by name; the learning rate is 0.5.
  private func step(_ regularizers: String) throws -> (
    before: [String: [Double]], after: [String: [Double]], gradients: [String: [Double]]
  ) {
    let text = SmallGames.mlp(regularizers: regularizers).replacing(
      "optimizer: {type: adam, lr: 1e-3}", with: "optimizer: {type: sgd, lr: 1}")
    let function = try SmallGames.step("discriminator", of: text)
    let inputs = function.randomInputs(seed: 3)
    let values = evaluate(function.graph, inputs: inputs)
    var after: [String: [Double]] = [:]
    var gradients: [String: [Double]] = [:]
    for (target, value) in zip(function.results, values) {
      if case .variable(let name) = target { after[name] = value }
      if case .gradient(let name) = target { gradients[name] = value }
    }
    let before = Dictionary(uniqueKeysWithValues: zip(function.graph.inputNames, inputs))
    return (before, after, gradients)
  }

  /// After the update, everything that the player trains is clamped.
  @Test func weightClipping() throws {
    let (before, after, gradients) = try step("weight_clipping: {limit: 0.4}")
    #expect(after.count == 4)
    var clamped = 0
    for (name, gradient) in gradients {
      let (old, new) = (before[name] ?? [], after[name] ?? [])
      for i in gradient.indices {
        let free = old[i] - 0.5 * gradient[i]
        #expect(new[i] == min(max(free, -0.4), 0.4))
        clamped += abs(free) > 0.4 ? 1 : 0
      }
    }
    #expect(clamped > 0)
  }

  /// g·min(1, c/‖g‖) over all tensors together; the recorded total is the unclipped one.
  @Test(arguments: [1e-3, 1e3])
  func gradientNormClipping(limit: Double) throws {
    let (before, after, gradients) = try step(
      "gradient_norm_clipping: {player: discriminator, max: \(limit)}")
    let norm = gradients.values.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    let factor = min(1, limit / norm)
    for (name, gradient) in gradients {
      let (old, new) = (before[name] ?? [], after[name] ?? [])
      for i in gradient.indices {
        #expect(abs(new[i] - (old[i] - 0.5 * factor * gradient[i])) < 1e-14)
      }
    }
    #expect(limit == 1e3 ? factor == 1 : factor < 1)
  }

  /// `where` chooses element by element within every tensor.
  @Test func choices() throws {
    let (before, after, gradients) = try step(
      "{name: cut, kind: constraint, player: discriminator, value: \"where(w > 0.4, 0.4, w)\"}")
    #expect(gradients.count == 4)
    var cut = 0
    for (name, gradient) in gradients {
      let (old, new) = (before[name] ?? [], after[name] ?? [])
      for i in gradient.indices {
        let free = old[i] - 0.5 * gradient[i]
        #expect(new[i] == (free > 0.4 ? 0.4 : free))
        cut += free > 0.4 ? 1 : 0
      }
    }
    #expect(cut > 0)
  }

  /// Rules of the spec's own, with a `let` and in the order in which they stand.
  @Test func rulesOfTheSpec() throws {
    let (before, after, gradients) = try step(
      """
      {name: halve, kind: gradient_transform, player: discriminator, let: {half: 0.5*g}, value: half + 0*params(D)},
      {name: sign, kind: gradient_transform, player: discriminator, value: sign(g)},
      {name: shrink, kind: constraint, player: discriminator, value: 0.9*w}
      """)
    for (name, gradient) in gradients {
      let (old, new) = (before[name] ?? [], after[name] ?? [])
      for i in gradient.indices {
        let step: Double = gradient[i] > 0 ? 0.5 : gradient[i] < 0 ? -0.5 : 0
        #expect(abs(new[i] - 0.9 * (old[i] - step)) < 1e-14)
      }
    }
  }
}
