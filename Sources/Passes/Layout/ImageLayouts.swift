import TensorIR

/// Which values of a graph are stored with channels last.
///
/// Rank-4 values that elementwise operations, slices, pads, concatenations, upsampling and block
/// sums connect form a component: stored alike, they need no transposition among each other. A
/// component is stored channels-last iff a convolution reads or makes one of its values as an
/// image. Constants and broadcasts belong to none: they are made in whatever layout a user wants.
struct ImageLayouts {
  private var parent: [Int]
  private var isChannelsLast: [Bool]

  init(_ graph: Graph) {
    parent = Array(graph.nodes.indices)
    isChannelsLast = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      for operand in graph.layoutPartners(of: index) { union(index, operand) }
      if case .convolution(let convolution) = node.op, convolution.layout == .nchw {
        for image in convolution.imageOperands { mark(node.operands[image].index) }
        if convolution.direction != .filterGradient { mark(index) }
      }
    }
    for index in parent.indices where isChannelsLast[index] { isChannelsLast[find(index)] = true }
  }

  /// How a value is stored.
  mutating func layout(of id: ValueID) -> ImageLayout {
    isChannelsLast[find(id.index)] ? .nhwc : .nchw
  }

  private mutating func mark(_ index: Int) { isChannelsLast[index] = true }

  private mutating func find(_ index: Int) -> Int {
    var root = index
    while parent[root] != root { root = parent[root] }
    var current = index
    while parent[current] != root { (current, parent[current]) = (parent[current], root) }
    return root
  }

  private mutating func union(_ a: Int, _ b: Int) {
    let (a, b) = (find(a), find(b))
    if a != b { parent[max(a, b)] = min(a, b) }
  }
}

extension Convolution {
  /// The operands that are images; the other one is a filter.
  var imageOperands: [Int] { direction == .filterGradient ? [0, 1] : [0] }
}

extension Graph {
  /// The values that should be stored as node `index` is, if it is an image.
  fileprivate func layoutPartners(of index: Int) -> [Int] {
    let node = nodes[index]
    guard node.type.shape.rank == 4 else { return [] }
    if node.op.definition.permuted(by: ImageLayout.toLast) != nil {
      return node.operands.map(\.index).filter { !nodes[$0].op.isLayoutFree }
    }
    return upsampled(index).map { [$0.source] } ?? blockSummed(index).map { [$0.source] } ?? []
  }

  /// The image whose positions node `index` repeats, `factors` times along height and width: a
  /// broadcast `[N, C, H, a, W, b]` reshaped to `[N, C, aH, bW]`.
  func upsampled(_ index: Int) -> (source: Int, factors: [Int])? {
    guard case .reshape(let reshape) = nodes[index].op,
      case .broadcast(let broadcast) = self[nodes[index].operands[0]].op,
      broadcast.axes == [0, 1, 2, 4], broadcast.shape.rank == 6
    else { return nil }
    let b = broadcast.shape
    guard reshape.shape == [b[0], b[1], b[2] * b[3], b[4] * b[5]] else { return nil }
    return (self[nodes[index].operands[0]].operands[0].index, [b[3], b[5]])
  }

  /// The image whose blocks of `factors` positions node `index` combines: `[N, C, aH, bW]` reshaped
  /// to `[N, C, H, a, W, b]` and reduced along a and b.
  func blockSummed(_ index: Int) -> (source: Int, kind: ReduceKind, factors: [Int])? {
    guard case .reduce(let reduce) = nodes[index].op, reduce.axes == [3, 5],
      case .reshape(let reshape) = self[nodes[index].operands[0]].op, reshape.shape.rank == 6
    else { return nil }
    let (b, source) = (reshape.shape, self[nodes[index].operands[0]].operands[0])
    guard self[source].type.shape == [b[0], b[1], b[2] * b[3], b[4] * b[5]] else { return nil }
    return (source.index, reduce.kind, [b[3], b[5]])
  }
}

extension ImageLayout {
  /// Stored axis i of a channels-last image is axis `toLast[i]` of the image; and back.
  static let toLast = [0, 2, 3, 1]
  static let toFirst = [0, 3, 1, 2]
}

extension Op {
  /// `true` iff the value repeats numbers, which can be done in any layout at no cost.
  var isLayoutFree: Bool {
    if case .broadcast = self { true } else { isConstant }
  }
}
