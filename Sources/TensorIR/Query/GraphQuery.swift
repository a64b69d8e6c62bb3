/// A question about a graph; nodes that answer it fulfil all of its parts.
public struct GraphQuery: Hashable, Sendable {
  /// A layer (`D.2`), a network (`D`), a player, or a term of an objective (`advas`).
  public var owner: String?
  /// The order of derivative.
  public var order: Int?
  /// The mnemonic of an operation.
  public var operation: String?
  /// A node, and how far from it others may be.
  public var around: Around?
  /// Nodes through which the second depends on the first.
  public var path: Path?

  /// A node and what is near it.
  public struct Around: Hashable, Sendable {
    /// `%12`, or the name of an input or a result.
    public var node: String
    /// Edges, in either direction.
    public var depth: Int

    public init(node: String, depth: Int) {
      self.node = node
      self.depth = depth
    }
  }

  /// Two nodes, and what lies between them.
  public struct Path: Hashable, Sendable {
    /// Where the path begins: `%12`, or the name of an input or a result.
    public var from: String
    /// Where the path ends, likewise.
    public var to: String

    public init(from: String, to: String) {
      self.from = from
      self.to = to
    }
  }

  public init() {}

  /// `true` iff every node answers.
  public var isEmpty: Bool { self == GraphQuery() }

  /// Names of nodes that the question has.
  public var nodeNames: [String] {
    (around.map { [$0.node] } ?? []) + (path.map { [$0.from, $0.to] } ?? [])
  }

  /// Indices of the nodes that answer, in order; none where a node that the question names is not in the graph.
  public func nodes(of graph: Graph) -> [Int] {
    var selected = Set(graph.nodes.indices)
    if let owner { selected.formIntersection(selected.filter { graph.origins[$0].isOf(owner) }) }
    if let order { selected = selected.filter { graph.origins[$0].order == order } }
    if let operation {
      selected = selected.filter {
        type(of: graph.nodes[$0].op.definition).mnemonic == operation
      }
    }
    if let around {
      guard let node = graph.node(named: around.node) else { return [] }
      selected.formIntersection(graph.neighbours(of: node, depth: around.depth))
    }
    if let path {
      guard let from = graph.node(named: path.from), let to = graph.node(named: path.to) else {
        return []
      }
      selected.formIntersection(graph.path(from: from, to: to))
    }
    return selected.sorted()
  }
}

extension Origin {
  /// `true` iff the node belongs to a layer or network, or is there for a term.
  fileprivate func isOf(_ owner: String) -> Bool {
    layer == owner || layer.hasPrefix(owner + ".") || term == owner
  }
}

extension Graph {
  /// The index of `%12`, or of the input or result with this name; nil where there is none.
  public func node(named name: String) -> Int? {
    if name.hasPrefix("%"), let index = Int(name.dropFirst()) {
      return nodes.indices.contains(index) ? index : nil
    }
    return inputNames.firstIndex(of: name)
      ?? resultNames.firstIndex(of: name).map { results[$0].index }
  }

  /// Users of each node.
  fileprivate var users: [[Int]] {
    var users = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for operand in node.operands { users[operand.index].append(index) }
    }
    return users
  }

  fileprivate func neighbours(of node: Int, depth: Int) -> Set<Int> {
    let users = users
    var found: Set = [node]
    var rim: Set = [node]
    for _ in 0..<depth {
      if rim.isEmpty { break }
      let next = rim.flatMap { nodes[$0].operands.map(\.index) + users[$0] }
      rim = Set(next).subtracting(found)
      found.formUnion(rim)
    }
    return found
  }

  /// Nodes on any way from one to the other; none where the second does not depend on the first.
  fileprivate func path(from: Int, to: Int) -> Set<Int> {
    guard from <= to else { return [] }
    var depends = [Bool](repeating: false, count: nodes.count)
    depends[from] = true
    for index in nodes.indices where index > from {
      depends[index] = nodes[index].operands.contains { depends[$0.index] }
    }
    guard depends[to] else { return [] }
    var found: Set = [to]
    for index in nodes.indices.reversed() where found.contains(index) && index > from {
      found.formUnion(nodes[index].operands.map(\.index).filter { depends[$0] })
    }
    return found
  }
}
