import Execution
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

/// `weight: auto` and `every: k` of every penalty of the prelude.
@Suite struct WeightingTests {
  /// The use with another weight, due at every third step.
  private func lazy(_ use: PreludeUse, weight: String) -> PreludeUse {
    var use = use
    use.options["weight"] = weight
    use.options["every"] = "3"
    return use
  }

  private static let options = LoweringOptions(
    element: .float64, exposeGradients: true, exposeTermGradients: true)

  /// The total gradient of each step with a penalty due is g + w·g_p, w being `weight` of |g| and |g_p|; a step where
  /// it is not due does not have the term.
  private func check(
    _ use: PreludeUse, weight: (_ g: Double, _ penalty: Double) -> Double
  ) throws {
    let experiment = try SmallGames.load(use.spec)
    let module = lower(experiment, options: Self.options)
    for player in experiment.players {
      for penalty in player.penalties {
        #expect(penalty.every == 3)
        let steps = module.functions.filter { $0.isStep(of: player.name) }
        #expect(steps.count == 2)
        for step in steps {
          let values = evaluate(step.graph, inputs: step.randomInputs(seed: 5))
          let isDue = step.kind == .step(player: player.name, due: [penalty.name])
          #expect(isDue || step.kind == .step(player: player.name, due: []))
          #expect((step.index(of: .scalar(penalty.name)) != nil) == isDue)
          let loss = gradients(step, values) { .penaltyGradient(penalty: "loss", parameter: $0) }
          var expected = loss
          if isDue {
            let own = gradients(step, values) {
              .penaltyGradient(penalty: penalty.name, parameter: $0)
            }
            let found = values[try #require(step.index(of: .scalar(penalty.name + ".weight")))][0]
            let factor = weight(norm(loss), norm(own))
            #expect(abs(found - factor) <= 1e-12 * factor, "\(use)")
            expected = zip(loss, own).map { $0 + factor * $1 }
          }
          let total = gradients(step, values) { .gradient(parameter: $0) }
          #expect(!total.isEmpty && total.count == expected.count, "\(use)")
          for (found, expected) in zip(total, expected) {
            #expect(abs(found - expected) <= 1e-9 * max(1, abs(expected)), "\(use)")
          }
        }
      }
    }
  }

  /// The values of one kind of gradient, all parameters one after the other.
  private func gradients(
    _ step: Function, _ values: [[Double]], _ target: (String) -> ResultTarget
  ) -> [Double] {
    step.inputs.flatMap { input -> [Double] in
      guard case .variable(let name) = input else { return [] }
      return step.index(of: target(name)).map { values[$0] } ?? []
    }
  }

  private func norm(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  @Test(arguments: PreludeUse.regularizers)
  func automatic(use: PreludeUse) throws {
    try check(lazy(use, weight: "auto")) { $1 == 0 ? 0 : min(1, $0 / $1) }
  }

  @Test(arguments: PreludeUse.regularizers)
  func aNumberCountsForTheStepsBetween(use: PreludeUse) throws {
    try check(lazy(use, weight: "0.5")) { _, _ in 1.5 }
  }
}
