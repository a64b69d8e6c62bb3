import Execution
import Foundation
import Lowering
import Modules
import Optimizers
import Spec
import TensorIR
import TestSupport
import Testing

/// One step of each optimizer against its formula as PyTorch documents it, element by element.
@Suite struct OptimizerTests {
  private struct Step {
    var parameter: Double
    var gradient: Double
    var state: [String: Double]
  }

  private static let rate = 0.5, bias1 = 0.25, bias2Root = 0.75

  private static let methods:
    [(settings: String, update: @Sendable (Step) -> (Double, [String: Double]))] = [
      (
        "{type: adamw, lr: 1, betas: [0.8, 0.9], weight_decay: 0.1, eps: 1e-3}",
        { s in
          let m = 0.8 * (s.state["m"] ?? 0) + 0.2 * s.gradient
          let v = 0.9 * (s.state["v"] ?? 0) + 0.1 * s.gradient * s.gradient
          let kept = s.parameter * (1 - rate * 0.1)
          return (kept - rate / bias1 * m / (v.squareRoot() / bias2Root + 1e-3), ["m": m, "v": v])
        }
      ),
      (
        "{type: adam, lr: 1, betas: [0.8, 0.9], weight_decay: 0.1, eps: 1e-3}",
        { s in
          let g = s.gradient + 0.1 * s.parameter
          let m = 0.8 * (s.state["m"] ?? 0) + 0.2 * g
          let v = 0.9 * (s.state["v"] ?? 0) + 0.1 * g * g
          return (
            s.parameter - rate / bias1 * m / (v.squareRoot() / bias2Root + 1e-3), ["m": m, "v": v]
          )
        }
      ),
      (
        "{type: adagrad, lr: 1, weight_decay: 0.1, eps: 1e-3}",
        { s in
          let g = s.gradient + 0.1 * s.parameter
          let sum = (s.state["sum"] ?? 0) + g * g
          return (s.parameter - rate * g / (sum.squareRoot() + 1e-3), ["sum": sum])
        }
      ),
    ]

  @Test(arguments: methods.indices)
  func update(index: Int) throws {
    let (settings, expected) = Self.methods[index]
    let text = SmallGames.mlp().replacing("{type: adam, lr: 1e-3}", with: settings)
    let function = try SmallGames.step("discriminator", of: text)
    var inputs = function.randomInputs(seed: 3)
    for (position, source) in function.inputs.enumerated() {
      switch source {
      case .scalar(.optimizer("learningRate")): inputs[position] = [Self.rate]
      case .scalar(.optimizer("adamBias1")): inputs[position] = [Self.bias1]
      case .scalar(.optimizer("adamBias2Root")): inputs[position] = [Self.bias2Root]
      default: break
      }
    }
    let values = evaluate(function.graph, inputs: inputs)
    let before = Dictionary(uniqueKeysWithValues: zip(function.graph.inputNames, inputs))
    var after: [String: [Double]] = [:]
    for (target, value) in zip(function.results, values) {
      if case .variable(let name) = target { after[name] = value }
    }
    var compared = 0
    for case (let place, .gradient(let name)) in function.results.enumerated() {
      for (i, gradient) in values[place].enumerated() {
        compared += 1
        func state(_ slot: String) -> Double? {
          before["optimizer/discriminator/\(name)/\(slot)"]?[i]
        }
        let slots = ["m", "v", "sum"]
        let known = slots.compactMap { slot in state(slot).map { (slot, $0) } }
        let (parameter, next) = expected(
          Step(
            parameter: before[name]?[i] ?? .nan, gradient: gradient,
            state: Dictionary(uniqueKeysWithValues: known)))
        #expect(abs((after[name]?[i] ?? .nan) - parameter) < 1e-13)
        for (slot, value) in next {
          let found = after["optimizer/discriminator/\(name)/\(slot)"]?[i] ?? .nan
          #expect(abs(found - value) < 1e-13, "\(slot)")
        }
      }
    }
    // 2·5 + 5 and 5 + 1.
    #expect(compared == 21)
  }

  @Test func adagradsSumStartsWhereTheSpecSays() throws {
    let text = SmallGames.mlp().replacing(
      "{type: adam, lr: 1e-3}", with: "{type: adagrad, lr: 1, initial_accumulator_value: 0.2}")
    let sums = lower(try SmallGames.load(text)).variables.filter { $0.name.hasSuffix("/sum") }
    #expect(sums.count == 8)
    #expect(sums.allSatisfy { $0.initial == .constant(0.2) })
  }
}
