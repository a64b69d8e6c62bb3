import TensorIR
import Testing

/// The listing for people: formulas, and nothing that goes without saying.
@Suite struct GraphListingTests {
  @Test(arguments: [
    ("map %0 {f = leaky_relu, c = 0.2}", "map leaky_relu(%0, 0.2)"),
    ("map %0 {f = shift, c = -1.0}", "map %0 - 1.0"),
    ("map %0 {f = norm_root}", "map norm_root(%0)"),
    ("zip %0, %1 {f = greater_equal}", "zip %0 >= %1"),
    ("select %0, %1, %0", "select select(%0, %1, %0)"),
    ("constant {value = 0.5, shape = [2, 3], element = f32}", "constant 0.5"),
    ("reverse %0 {axis = 1}", "reverse %0 {axis = 1}"),
    (
      "fused %0, %1 {shape = [2, 3], reads = [1, 6, 1, 6], program = [add:0:1:0:0.0, leakyRelu:2:0:0:0.2]}",
      "fused leaky_relu(%0 + %1, 0.2)"
    ),
    // Products of sums need brackets, sums of products do not; a difference is not associative.
    (
      "fused %0, %1 {shape = [2, 3], reads = [1, 6, 1, 6], program = [add:0:1:0:0.0, multiply:2:0:0:0.0, subtract:1:3:0:0.0]}",
      "fused %1 - (%0 + %1) * %0"
    ),
    (
      "fused %0, %1 {shape = [2, 3], reads = [1, 6, 1, 6], program = [subtract:0:1:0:0.0, subtract:1:2:0:0.0, negate:3:0:0:0.0]}",
      "fused -(%1 - (%0 - %1))"
    ),
    // What is used twice has a name.
    (
      "fused %0, %1 {shape = [2, 3], reads = [1, 6, 1, 6], program = [exp:0:0:0:0.0, shift:2:0:0:1.0, divide:2:3:0:0.0]}",
      "fused a = exp(%0); a / (a + 1.0)"
    ),
  ])
  func formulas(canonical: String, listed: String) throws {
    let graph = try Graph(
      parsing: """
        graph @g(%0 a: f32[2x3], %1 b: f32[2x3]) {
          %2 = \(canonical) : f32[2x3]
          return %2 y
        }
        """)
    try Verifier.verify(graph)
    #expect(graph.line(listing: 2) == "%2 = \(listed) : f32[2x3]")
  }

  @Test func repeatedOperandsSayHow() throws {
    let graph = try Graph(
      parsing: """
        graph @g(%0 a: f32[2x3], %1 b: f32[3]) {
          %2 = fused_sums %0, %1 {shape = [2, 3], axes = [0], sums = [2, 0], reads = [1, 6, 1, 3], program = [add:0:1:0:0.0]} : f32[2x3]
          return %2 y
        }
        """)
    #expect(
      graph.line(listing: 2)
        == "%2 = fused_sums [%0 + %1, %0] {axes = [0]} {reads = [1, 6, 1, 3]} : f32[2x3]")
  }

  @Test func wholeGraphs() {
    let builder = GraphBuilder()
    let x = builder.input("x", [2, 3])
    builder.origin = Origin(layer: "D.0", order: 1)
    let graph = builder.graph(name: "g", results: [("y", x.map(.tanh).sum())])
    #expect(
      graph.listing == """
        graph @g(
          %0 x: f32[2x3]
        ) {
          %1 = map tanh(%0) : f32[2x3]                        // d1 D.0
          %2 = reduce %1 {kind = sum, axes = [0, 1]} : f32[]  // d1 D.0
          return
            %2 y
        }

        """)
  }
}
