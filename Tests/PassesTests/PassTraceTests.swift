import TensorIR
import Testing

@testable import Passes

/// Which pass made what: x·1 goes, and what reads it stays itself.
@Suite struct PassTraceTests {
  @Test func readersOfWhatWentAreNotMadeAnew() throws {
    let graph = try Graph(
      parsing: """
        graph @trace(%0 x: f32[4]) {
          %1 = constant {value = 1.0, shape = [4], element = f32} : f32[4]
          %2 = zip %0, %1 {f = multiply} : f32[4]
          %3 = map %2 {f = exp} : f32[4]
          return %3 y
        }
        """)
    var trace = PassTrace(graph)
    let result = try Pipeline.standard.run(graph) { trace.add($0) }
    let first = try #require(trace.changes.first)
    #expect(first.pass == "simplify")
    #expect(first.removed == [1, 2])
    #expect(first.added.isEmpty)
    #expect(result.nodes.count == 2)
    #expect(trace.makers(of: result) == [nil, nil])
    #expect(first.text.hasPrefix("// simplify: 4 -> 2 nodes\n- %1 = "))
  }

  /// 2⁶⁴ products are more than a whole number holds.
  @Test func hugeCountsAreWritten() throws {
    let graph = try Graph(
      parsing: """
        graph @trace(%0 x: f32[16777216x1048576], %1 w: f32[1048576x1048576]) {
          %2 = matmul %0, %1 {ta = false, tb = false} : f32[16777216x1048576]
          %3 = map %1 {f = exp} : f32[1048576x1048576]
          return %3 y
        }
        """)
    var trace = PassTrace(graph)
    _ = try Pipeline([.once(.eliminateDeadCode)]).run(graph) { trace.add($0) }
    let text = try #require(trace.changes.first).text
    #expect(text.hasPrefix("// dce: 4 -> 3 nodes, 1.8446744073709552e+19 -> 0 multiply-adds\n"))
  }

  @Test func fusedNodesAreOfFusion() throws {
    let graph = try Graph(
      parsing: """
        graph @trace(%0 x: f32[4]) {
          %1 = map %0 {f = exp} : f32[4]
          %2 = map %1 {f = tanh} : f32[4]
          return %2 y
        }
        """)
    var trace = PassTrace(graph)
    let result = try Pipeline.standard.run(graph) { trace.add($0) }
    let makers = trace.makers(of: result).map { $0.map { trace.changes[$0].pass } }
    #expect(makers == [nil, "fuse"])
    #expect(trace.changes.last?.removed == [1, 2])
  }
}
