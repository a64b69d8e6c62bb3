import Planning
import TensorIR
import TestSupport
import Testing

@testable import Execution

/// Runs a program on one array for the arena and one for the variables, in float64.
enum PlanInterpreter {
  /// Compares a program with its graph: each result, and each variable afterwards, bit for bit.
  static func expectSameResults(_ program: Program, _ plan: RandomPlan, seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let initial = generator.values(plan.state.count, in: -1...1)
    let inputs = zip(plan.placement.inputs, plan.graph.inputTypes).map { place, type -> [Double] in
      guard case .state(let variable) = place else {
        return generator.values(type.shape.count, in: -1...1)
      }
      let offset = plan.state.offsets[variable]
      return Array(initial[offset..<offset + type.shape.count])
    }
    let expected = evaluate(plan.graph, inputs: inputs)
    // What is never written reads NaN.
    var arena = [Double](repeating: .nan, count: program.arenaCount)
    var state = initial
    for (region, values) in zip(program.inputs, inputs) where region.space == .arena {
      arena.replaceSubrange(region.range, with: values)
    }
    for step in program.steps {
      let operands = step.operands.map { Array(($0.space == .arena ? arena : state)[$0.range]) }
      arena.replaceSubrange(
        step.scratch.range, with: [Double](repeating: .nan, count: step.scratch.count))
      let value = evaluate(step.call, operands, count: step.result.count)
      if step.result.space == .arena {
        arena.replaceSubrange(step.result.range, with: value)
      } else {
        state.replaceSubrange(step.result.range, with: value)
      }
    }
    for (index, region) in program.results.enumerated() {
      let actual = Array((region.space == .arena ? arena : state)[region.range])
      #expect(
        actual.map(\.bitPattern) == expected[index].map(\.bitPattern),
        "seed \(seed), result \(plan.graph.resultNames[index])")
    }
    for variable in plan.state.names.indices
    where !plan.placement.results.contains(.state(variable)) {
      let start = plan.state.offsets[variable]
      let range = start..<start + plan.state.shapes[variable].count
      #expect(
        state[range].map(\.bitPattern) == initial[range].map(\.bitPattern),
        "seed \(seed), \(plan.state.names[variable]), which nothing updates")
    }
  }
}

extension Region {
  fileprivate var range: Range<Int> { offset..<offset + count }
}
