import Diagnostics
import TensorIR
import TestSupport
import Testing

@Suite struct GraphTextTests {
  @Test(arguments: OperationSample.all)
  func roundTrips(sample: OperationSample) throws {
    let graph = sample.graph()
    try Verifier.verify(graph)
    let again = try Graph(parsing: graph.text)
    #expect(again.isEquivalent(to: graph))
    #expect(again.text == graph.text)
  }

  /// Every operation has a sample, save those that only fusion or partitioning makes.
  @Test func samplesCoverTheOperations() {
    var seen: Set<String> = ["fused", "fused_sums", "all_reduce", "all_gather", "shard"]
    for sample in OperationSample.all {
      for node in sample.graph().nodes { seen.insert(type(of: node.op.definition).mnemonic) }
    }
    #expect(seen == Set(Op.mnemonics))
  }

  @Test func printsAsDocumented() throws {
    let builder = GraphBuilder()
    let (x, w) = (builder.input("x", [64, 784]), builder.input("w", [784, 256]))
    let loss = x.matmul(w).map(.leakyRelu, 0.2).sum()
    let text = """
      graph @critic(%0 x: f32[64x784], %1 w: f32[784x256]) {
        %2 = matmul %0, %1 {ta = false, tb = false} : f32[64x256]
        %3 = map %2 {f = leaky_relu, c = 0.2} : f32[64x256]
        %4 = reduce %3 {kind = sum, axes = [0, 1]} : f32[]
        return %4 loss
      }

      """
    #expect(builder.graph(name: "critic", results: [("loss", loss)]).text == text)
  }

  @Test func fusedRoundTrips() throws {
    let text = """
      graph @f(%0 x: f32[2x3], %1 b: f32[3]) {
        %2 = fused %0, %1 {shape = [2, 3], reads = [1, 6, 1, 3], program = [add:0:1:0:0.0, tanh:2:0:0:0.0]} : f32[2x3]
        %3 = fused_sums %0, %1 {shape = [2, 3], axes = [0], sums = [2, 0], reads = [1, 6, 1, 3], program = [add:0:1:0:0.0]} : f32[2x3]
        return %2 y, %3 sums
      }

      """
    let graph = try Graph(parsing: text)
    try Verifier.verify(graph)
    #expect(graph.text == text)
  }

  @Test func collectivesRoundTrip() throws {
    let text = """
      graph @f(%0 x: f32[2x3], %1 w: f32[4x3]) {
        %2 = all_reduce %0 {kind = sum, ranks = 2} : f32[2x3]
        %3 = all_gather %0 {axis = 0, outer = 1, count = 4, inner = 1, ranks = 2} : f32[4x3]
        %4 = shard %1 {axis = 0, outer = 1, count = 4, inner = 1, ranks = 2} : f32[2x3]
        return %2 a, %3 b, %4 c
      }

      """
    let graph = try Graph(parsing: text)
    try Verifier.verify(graph)
    #expect(graph.text == text)
  }

  @Test(arguments: [
    ("all_reduce %0 {kind = sum, ranks = 0} : f32[2x3]", "there is no rank"),
    (
      "all_gather %0 {axis = 0, outer = 1, count = 4, inner = 1, ranks = 3} : f32[4x3]",
      "4 samples do not divide by 3 ranks"
    ),
    (
      "all_gather %0 {axis = 0, outer = 1, count = 4, inner = 1, ranks = 4} : f32[4x3]",
      "f32[2x3] is no part of"
    ),
    (
      "shard %1 {axis = 0, outer = 1, count = 4, inner = 1, ranks = 3} : f32[2x3]",
      "4 samples do not divide by 3 ranks"
    ),
    (
      "shard %1 {axis = 0, outer = 1, count = 4, inner = 1, ranks = 4} : f32[2x3]",
      "the rule says f32[1x3]"
    ),
    (
      "shard %0 {axis = 0, outer = 1, count = 4, inner = 1, ranks = 2} : f32[1x3]",
      "f32[2x3] does not hold"
    ),
  ])
  func collectivesRefuse(_ line: String, _ message: String) throws {
    let graph = try Graph(
      parsing: "graph @f(%0 x: f32[2x3], %1 w: f32[4x3]) {\n  %2 = \(line)\n  return %2 y\n}\n")
    #expect { try Verifier.verify(graph) } throws: { "\($0)".contains(message) }
  }

  @Test(arguments: [
    ("%2 = mtamul %0, %1 {ta = false, tb = false} : f32[2x2]", "did you mean 'matmul'?"),
    ("%2 = matmul %0, %1 {ta = false} : f32[2x2]", "lacks 'tb'"),
    ("%2 = matmul %0, %1 {ta = ture, tb = false} : f32[2x2]", "'ta' is ture, not true or false"),
    ("%2 = map %0 {f = tanh, slope = 1.0} : f32[2x2]", "has no attribute 'slope'"),
    ("%2 = map %0 {f = tahn} : f32[2x2]", "not one of"),
    ("%3 = map %0 {f = tanh} : f32[2x2]", "expected %2"),
    ("%2 = map %0 {f = tanh} : f32[2x]x", "expected a type"),
  ])
  func reportsTheFaultyLine(line: String, message: String) {
    let text = "graph @g(%0 a: f32[2x2], %1 b: f32[2x2]) {\n  \(line)\n  return %2 y\n}\n"
    do {
      _ = try Graph(parsing: text)
      Issue.record("accepted \(line)")
    } catch {
      #expect(error.message.contains(message), "\(error.message)")
      #expect(error.span?.line == 2)
    }
  }

  /// Axes before those of the matrices are alike.
  @Test(arguments: [
    ("f32[2x3x4]", "f32[3x4x5]", "batch axes differ"), ("f32[2x3x4]", "f32[4x5]", "batch axes"),
    ("f32[2x3x4]", "f32[2x3x5]", "inner extents differ"), ("f32[4]", "f32[4x5]", "two matrices"),
  ])
  func matmulRefuses(_ a: String, _ b: String, _ message: String) throws {
    let graph = try Graph(
      parsing: """
        graph @g(%0 a: \(a), %1 b: \(b)) {
          %2 = matmul %0, %1 {ta = false, tb = false} : f32[2x3x5]
          return %2 y
        }
        """)
    #expect { try Verifier.verify(graph) } throws: { "\($0)".contains(message) }
  }

  @Test(arguments: [
    ("%2 = matmul %0, %1 {ta = false, tb = false} : f32[2x3]", "(V3)"),
    ("%2 = matmul %0, %3 {ta = false, tb = false} : f32[2x2]", "(V2)"),
    ("%2 = map %3 {f = tanh} : f32[2x2]", "(V2)"),
    ("%2 = slice %0 {starts = [0, 1], limits = [2, 3]} : f32[2x2]", "(V3)"),
  ])
  func verifierRejects(line: String, label: String) throws {
    let text = "graph @g(%0 a: f32[2x2], %1 b: f32[2x2]) {\n  \(line)\n  return %2 y\n}\n"
    let graph = try Graph(parsing: text)
    #expect { try Verifier.verify(graph) } throws: { "\($0)".contains(label) }
  }
}
