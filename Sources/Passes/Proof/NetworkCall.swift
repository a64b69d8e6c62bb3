import TensorIR

/// One application of a network to a batch, found in a graph, and what the graph alone proves about it.
///
/// A network is *piecewise linear* in its input where every operation on the way has symbolically zero second
/// derivatives: relu and leaky relu, pooling, convolutions and linear layers with any weights, sums. It treats samples
/// *independently* where every operation takes them one by one. Both are properties of single operations, so that the
/// first node without one is named with its layer.
public struct NetworkCall: Hashable, Sendable {
  /// A node that breaks a property.
  public struct Stopper: Hashable, Sendable {
    /// `map {f = tanh}`.
    public let operation: String
    /// The layer, with its place in the YAML.
    public let origin: Origin
  }

  /// The network's name.
  public let network: String
  /// What it is applied to: `x`, `G(z)`, `wgan_gp`, with the samples where they are not all.
  public let argument: String
  /// Multiply-adds of one pass through it: F.
  public let multiplyAdds: Double
  /// The first operation with a second derivative; nil for a piecewise linear network.
  public let curvature: Stopper?
  /// The first operation that mixes samples; nil where none does.
  public let mixing: Stopper?

  /// Whether second derivatives with respect to its input vanish.
  public var isPiecewiseLinear: Bool { curvature == nil }
  /// Whether the value of one sample hangs on that sample alone.
  public var treatsSamplesIndependently: Bool { mixing == nil }
}

extension Graph {
  /// The calls of the networks called `networks`, in the order of their first nodes.
  ///
  /// `samples` are the names of the inputs that are batches; all others belong to no sample.
  public func calls(of networks: [String], samples: Set<String>) -> [NetworkCall] {
    CallFinder(graph: self, networks: networks, samples: samples).calls()
  }
}

/// Calls are connected pieces of the forward pass of one network, seen as far as samples flow through them.
private struct CallFinder {
  let graph: Graph
  /// For each node, the network that it is a forward node of.
  private let owner: [String?]
  /// Nodes that depend on some sample.
  private var carries: [Bool]
  /// Nodes of a network whose values leave it; the others only move its running statistics.
  private var leaves: [Bool]
  /// Union-find over nodes: the first node of the call that a node belongs to.
  private var root: [Int]

  init(graph: Graph, networks: [String], samples: Set<String>) {
    self.graph = graph
    owner = graph.origins.map { origin in
      origin.order > 0 ? nil : networks.first { origin.layer.hasPrefix($0 + ".") }
    }
    carries = [Bool](repeating: false, count: graph.nodes.count)
    leaves = [Bool](repeating: false, count: graph.nodes.count)
    root = Array(graph.nodes.indices)
    for index in graph.nodes.indices.reversed() where owner[index] == nil || leaves[index] {
      for operand in graph.nodes[index].operands { leaves[operand.index] = true }
    }
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      if index < graph.inputNames.count {
        carries[index] = samples.contains(graph.inputNames[index])
        continue
      }
      carries[index] = !node.op.isMoved && node.operands.contains { carries[$0.index] }
      guard let network = owner[index], isMember(index) else { continue }
      for operand in node.operands where isMember(operand.index) && owner[operand.index] == network
      {
        let (a, b) = (find(operand.index), find(index))
        root[Swift.max(a, b)] = Swift.min(a, b)
      }
    }
  }

  private func find(_ index: Int) -> Int {
    var index = index
    while root[index] != index { index = root[index] }
    return index
  }

  private func isMember(_ index: Int) -> Bool {
    owner[index] != nil && carries[index] && leaves[index]
  }

  func calls() -> [NetworkCall] {
    var members: [Int: [Int]] = [:]
    for index in graph.nodes.indices where isMember(index) {
      members[find(index), default: []].append(index)
    }
    return members.sorted { $0.key < $1.key }.map { call($0.value) }
  }

  private func call(_ members: [Int]) -> NetworkCall {
    let inside = Set(members)
    let entry = members.lazy.flatMap { graph.nodes[$0].operands }
      .first { carries[$0.index] && !inside.contains($0.index) }
    return NetworkCall(
      network: owner[members[0]] ?? "", argument: entry.map(describe) ?? "constants",
      multiplyAdds: members.reduce(0) { $0 + graph.kernel(graph.nodes[$1]).multiplyAdds },
      curvature: firstCurved(members, inside), mixing: firstMixing(members))
  }

  private func firstCurved(_ members: [Int], _ inside: Set<Int>) -> NetworkCall.Stopper? {
    // Values that move with the input, derivatives of masks being zero.
    var active = Set<ValueID>()
    for index in members {
      let operands = graph.nodes[index].operands
      let moving = operands.filter {
        active.contains($0) || carries[$0.index] && !inside.contains($0.index)
      }
      switch graph.dependence(ofNode: index, on: Set(moving)) {
      case .constant: continue
      case .piecewiseLinear: active.insert(ValueID(index))
      case .curved: return stopper(index)
      }
    }
    return nil
  }

  private func firstMixing(_ members: [Int]) -> NetworkCall.Stopper? {
    members.first { index in
      let node = graph.nodes[index]
      let separate = graph.sampleOperands(node)
      return node.operands.indices.contains { position in
        carries[node.operands[position].index] && separate?.contains(position) != true
      }
    }.map(stopper)
  }

  private func stopper(_ index: Int) -> NetworkCall.Stopper {
    NetworkCall.Stopper(
      operation: graph.nodes[index].op.definition.attributedMnemonic, origin: graph.origins[index])
  }

  /// `x`, `G(z)`, `the value of wgan_gp`, `samples 0..<32 of G(z)`.
  private func describe(_ id: ValueID) -> String {
    if id.index < graph.inputNames.count { return graph.inputNames[id.index] }
    let node = graph[id]
    switch node.op {
    case .slice(let slice) where node.type.shape.rank > 0:
      let range = "\(slice.starts[0])..<\(slice.limits[0])"
      return "samples \(range) of \(describe(node.operands[0]))"
    case .identity, .reshape: if !isMember(id.index) { return describe(node.operands[0]) }
    default: break
    }
    guard let network = owner[id.index] else { return "points of \(graph.origins[id.index].layer)" }
    return "\(network)(\(sources(of: id).joined(separator: ", ")))"
  }

  /// The samples that a value depends on.
  private func sources(of id: ValueID) -> [String] {
    var reached = Set([id])
    var names: [String] = []
    for index in stride(from: id.index, through: 0, by: -1)
    where reached.contains(ValueID(index)) && carries[index] {
      reached.formUnion(graph.nodes[index].operands)
      if index < graph.inputNames.count { names.append(graph.inputNames[index]) }
    }
    return names.reversed()
  }
}
