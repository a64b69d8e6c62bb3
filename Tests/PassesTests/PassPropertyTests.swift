import Execution
import Passes
import TensorIR
import TestSupport
import Testing

/// Every pass keeps the meaning of every graph.
@Suite struct PassPropertyTests {
  static let passes: [Pass] = [
    .simplify, .eliminateCommonSubexpressions, .eliminateDeadCode, .chooseLayout, .fuse,
  ]

  @Test(arguments: passes.map(\.name))
  func passKeepsResults(name: String) throws {
    let pass = try #require(Self.passes.first { $0.name == name })
    for seed in UInt64(1)...150 {
      let graph = RandomGraph.make(seed: seed, size: 25, differentiated: seed.isMultiple(of: 3))
      try expectEqual(graph, pass.run(graph), "\(name), seed \(seed)")
    }
  }

  @Test func pipelineKeepsResults() throws {
    for seed in UInt64(1000)...1200 {
      let graph = RandomGraph.make(seed: seed, size: 40, differentiated: seed.isMultiple(of: 2))
      try expectEqual(graph, Pipeline.standard.run(graph), "pipeline, seed \(seed)")
    }
  }

  @Test func pipelineIsIdempotent() throws {
    for seed in UInt64(2000)...2100 {
      let graph = RandomGraph.make(seed: seed, size: 40, differentiated: seed.isMultiple(of: 2))
      let once = try Pipeline.standard.run(graph)
      let twice = try Pipeline.standard.run(once)
      #expect(once.isEquivalent(to: twice), "seed \(seed)\n\(once.text)\n\(twice.text)")
    }
  }

  /// Compares results on random inputs, to rounding.
  private func expectEqual(_ graph: Graph, _ other: Graph, _ label: String) throws {
    try Verifier.verify(other)
    #expect(other.inputNames == graph.inputNames, "\(label)")
    #expect(other.inputTypes == graph.inputTypes, "\(label)")
    let inputs = RandomGraph.inputs(of: graph, seed: 7)
    let (expected, actual) = (evaluate(graph, inputs: inputs), evaluate(other, inputs: inputs))
    for (name, (a, b)) in zip(graph.resultNames, zip(expected, actual)) {
      #expect(a.count == b.count, "\(label), result \(name)")
      let scale = a.map(\.magnitude).reduce(1, max)
      let error = largestDifference(b, a)
      if !(error <= 1e-9 * scale) {
        Issue.record("\(label), result \(name) differs by \(error)\n\(graph.text)\n\(other.text)")
        return
      }
    }
  }
}
