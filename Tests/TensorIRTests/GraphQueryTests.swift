import Testing

@testable import TensorIR

/// A diamond: x → a → b, c → d, beside it e; layers and orders as their names say.
@Suite struct GraphQueryTests {
  private static let graph: Graph = {
    let builder = GraphBuilder()
    let x = builder.input("x", [2, 2])
    func at<R>(_ layer: String, _ order: Int, _ body: () -> R) -> R {
      builder.origin = Origin(layer: layer, order: order, term: order == 2 ? "advas" : "")
      return body()
    }
    let a = at("D.1", 0) { x.map(.exp) }
    let b = at("D.10", 1) { a.matmul(a) }
    let c = at("D.1.main.0", 1) { a.map(.tanh) }
    let d = at("G.0", 2) { b + c }
    let e = at("G.0", 0) { x.map(.negate) }
    return builder.graph(name: "g", results: [("d", d), ("e", e)])
  }()

  private func nodes(_ change: (inout GraphQuery) -> Void) -> [Int] {
    var query = GraphQuery()
    change(&query)
    return query.nodes(of: Self.graph)
  }

  @Test func everythingAnswersTheEmptyQuestion() {
    #expect(nodes { _ in } == [0, 1, 2, 3, 4, 5])
  }

  /// A layer has its parts, not those whose names begin alike.
  @Test(arguments: [
    ("D.1", [1, 3]), ("D", [1, 2, 3]), ("G.0", [4, 5]), ("advas", [4]), ("D.2", []),
  ])
  func owners(name: String, expected: [Int]) {
    #expect(nodes { $0.owner = name } == expected)
  }

  @Test func orderAndOperation() {
    #expect(nodes { $0.order = 1 } == [2, 3])
    #expect(nodes { $0.operation = "map" } == [1, 3, 5])
    #expect(
      nodes {
        $0.operation = "map"
        $0.order = 1
      } == [3])
  }

  @Test(arguments: [
    ("%2", 0, [2]), ("%2", 1, [1, 2, 4]), ("%2", 2, [0, 1, 2, 3, 4]), ("e", 1, [0, 5]),
    ("x", Int.max, [0, 1, 2, 3, 4, 5]), ("%6", 1, []), ("nothing", 1, []),
  ])
  func neighbours(node: String, depth: Int, expected: [Int]) {
    #expect(nodes { $0.around = .init(node: node, depth: depth) } == expected)
  }

  @Test(arguments: [
    ("x", "d", [0, 1, 2, 3, 4]), ("%3", "d", [3, 4]), ("x", "e", [0, 5]), ("%1", "e", []),
    ("d", "x", []), ("%2", "%2", [2]),
  ])
  func paths(from: String, to: String, expected: [Int]) {
    #expect(nodes { $0.path = .init(from: from, to: to) } == expected)
  }

  /// 2·2·2·2 operations on 16 + 16 bytes in, as the operand counts twice, and 16 out.
  @Test func costs() {
    let costs = Self.graph.costs
    #expect(costs[2] == NodeCost(operations: 16, byteCount: 48, lastUser: 4))
    #expect(costs[0] == NodeCost(operations: 0, byteCount: 0, lastUser: 5))
    #expect(costs[4].lastUser == nil, "a result stays")
  }

  /// A node that reads others than before is the same node.
  @Test func differences() throws {
    let builder = GraphBuilder()
    let (y, x) = (builder.input("y", [2, 2]), builder.input("x", [2, 2]))
    builder.origin = Origin(layer: "D.1")
    let a = x.map(.exp)
    builder.origin = Origin(layer: "D.10", order: 1)
    let b = a.matmul(a)
    builder.origin = Origin(layer: "G.0", order: 2)
    let other = builder.graph(name: "h", results: [("r", b + y)])
    let difference = GraphDifference(from: Self.graph, to: other)
    #expect(difference.added == [0], "y")
    #expect(difference.removed == [3, 5], "tanh and the negation")
    #expect(difference.matches == [nil, 0, 1, 2, 4])
    #expect(GraphDifference(from: other, to: other).added.isEmpty)
  }
}
