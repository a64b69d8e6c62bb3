import Diagnostics
import Execution
import Lowering
import Modules
import Passes
import Spec
import TensorIR
import TestSupport
import Testing

/// The whole pipeline keeps the numbers of random games, to rounding in float64.
@Suite struct RandomGameTests {
  private static let clean = Pipeline([
    .untilStable([.simplify, .eliminateCommonSubexpressions, .eliminateDeadCode], limit: 8)
  ])

  @Test(arguments: UInt64(1)...80)
  func keepsNumbers(seed: UInt64) throws {
    let game = RandomGame(seed: seed)
    let result = SpecLoader(environment: [:]).load(text: game.text)
    let experiment = try #require(
      result.experiment, "seed \(seed)\n\(game.text)\n\(result.diagnostics.rendered)")
    let options = LoweringOptions(element: .float64, exposeGradients: true)
    for function in lower(experiment, options: options).functions {
      guard case .step = function.kind else { continue }
      let before = Pass.eliminateDeadCode.run(function.graph)
      let after = try Pipeline.standard.run(before)
      #expect(
        after.multiplyAdds <= (try Self.clean.run(before)).multiplyAdds,
        "seed \(seed)\n\(game.text)")
      let inputs = self.inputs(of: function, seed: seed)
      let (expected, actual) = (evaluate(before, inputs: inputs), evaluate(after, inputs: inputs))
      // A gradient is one vector, whose parts that are zero but for rounding have no size of their own.
      let sizes = expected.map { $0.map(\.magnitude).max() ?? 0 }
      func isGradient(_ index: Int) -> Bool {
        switch function.results[index] {
        case .gradient, .penaltyGradient: true
        default: false
        }
      }
      // Optimizers turn the sign of a rounding error into a whole step.
      func isCompared(_ index: Int) -> Bool {
        if case .scalar = function.results[index] { true } else { isGradient(index) }
      }
      let gradient = sizes.indices.filter(isGradient).map { sizes[$0] }.max() ?? 0
      for (index, (a, b)) in zip(expected, actual).enumerated() where isCompared(index) {
        let scale = isGradient(index) ? gradient : sizes[index]
        let error = largestDifference(b, a)
        #expect(
          error <= 1e-12 * scale, "seed \(seed), \(before.resultNames[index])\n\(game.text)")
      }
    }
  }

  /// The proof says what the game was made of.
  @Test(arguments: UInt64(1)...80)
  func provesWhatIsSo(seed: UInt64) throws {
    let game = RandomGame(seed: seed)
    let result = SpecLoader(environment: [:]).load(text: game.text)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    for function in lower(experiment).functions {
      guard case .step = function.kind else { continue }
      let samples = Set(
        zip(function.graph.inputNames, function.inputs).filter { $1.sampleName != nil }.map(\.0))
      let calls = function.graph.calls(of: ["G", "D"], samples: samples)
      #expect(calls.contains { $0.network == "D" })
      for call in calls where call.network == "D" {
        let isPlain = call.isPiecewiseLinear && call.treatsSamplesIndependently
        #expect(isPlain == game.isPiecewiseLinear, "seed \(seed)\n\(game.text)")
      }
    }
  }

  /// Parameters and samples of either sign, and positive what a root is taken of.
  private func inputs(of function: Function, seed: UInt64) -> [[Double]] {
    var generator = SplitMix64(seed: seed)
    return zip(function.graph.inputNames, function.graph.inputTypes).map { name, type in
      let isPositive =
        type.shape.rank == 0 || name.hasSuffix("/v") || name.hasSuffix("running_var")
        || name.hasSuffix(".t")
      // Spectral norm divides by uᵀWv, which random directions make small.
      if name.hasSuffix(".weight_u") || name.hasSuffix(".weight_v") {
        return generator.values(type.shape.count, in: 0.5...1.5)
      }
      return generator.values(type.shape.count, in: isPositive ? 0.05...1 : -0.5...0.5)
    }
  }
}
