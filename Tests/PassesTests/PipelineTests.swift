import Passes
import TensorIR
import Testing

@Suite struct PipelineTests {
  private func graph() -> Graph {
    let builder = GraphBuilder()
    let x = builder.input("x", [4])
    return builder.graph(name: "small", results: [("y", (1 * x.map(.exp)).detached())])
  }

  @Test func failureNamesThePass() throws {
    let breaking = Pass("break") { graph in
      var graph = graph
      graph.nodes[1].type = TensorType([5], .float32)
      return graph
    }
    let failure = #expect(throws: PassFailure.self) { try Pipeline([.once(breaking)]).run(graph()) }
    #expect(failure?.pass == "break")
    #expect(failure?.description.contains("(V3)") == true)
  }

  @Test func aGraphThatComesBrokenIsNoPassesFault() {
    var broken = graph()
    broken.nodes[1].type = TensorType([5], .float32)
    let (graph, pipeline) = (broken, Pipeline([.once(.simplify)]))
    let failure = #expect(throws: PassFailure.self) { try pipeline.run(graph) }
    #expect(failure?.pass == "lowering")
  }

  @Test func observerSeesEachPassAndWhetherItChangedAnything() throws {
    var seen: [String] = []
    let pipeline = Pipeline([.untilStable([.simplify, .eliminateDeadCode], limit: 5)])
    let result = try pipeline.run(graph()) { seen.append("\($0.pass) \($0.changed)") }
    // Simplifying its own result again would change nothing.
    #expect(seen == ["simplify true", "dce false"])
    #expect(result.nodes.count == 2)
  }

  @Test func disabledPassesAreSkipped() throws {
    var pipeline = Pipeline([.once(.simplify)])
    pipeline.disabled = ["simplify"]
    #expect(try pipeline.run(graph()).isEquivalent(to: graph()))
    #expect(pipeline.passNames == ["simplify"])
  }

  @Test func originsSurviveRewriting() throws {
    let builder = GraphBuilder()
    let x = builder.input("x", [4])
    builder.origin = Origin(layer: "D.1", order: 2)
    let graph = builder.graph(name: "origins", results: [("y", (1 * x).map(.exp))])
    let result = try Pipeline.standard.run(graph)
    #expect(result.origins[result.results[0].index].layer == "D.1")
    #expect(result.origins[result.results[0].index].order == 2)
  }

  /// A folded constant is what kernels compute: relu has the value 0 at -∞.
  @Test func reluOfMinusInfinityIsZero() throws {
    let builder = GraphBuilder()
    let relu = builder.constant(-.infinity, [4]).map(.leakyRelu, 0)
    let graph = builder.graph(name: "relu", results: [("y", relu)])
    let folded = try Pipeline([.once(.simplify)]).run(graph)
    #expect(folded.text.contains("constant {value = 0.0,"), "\(folded.text)")
  }

  @Test func statisticsAndDumps() throws {
    var statistics = PassStatistics()
    var dumps: [String] = []
    _ = try Pipeline([.once(.simplify), .once(.eliminateDeadCode)]).run(graph()) {
      statistics.add($0)
      dumps.append($0.dump)
    }
    #expect(statistics.rows.map(\.nodesRemoved) == [2, 0])
    #expect(statistics.rows.map(\.changes) == [1, 0])
    #expect(statistics.text.hasPrefix("simplify: 1 runs, 1 changed the graph, 2 nodes fewer, "))
    #expect(dumps[0].hasPrefix("// after simplify\ngraph @small("))
    #expect(dumps[1] == "// after dce (unchanged)\n")
  }
}
