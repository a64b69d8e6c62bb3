import TensorIR

extension Pass {
  /// Turns convolutions to channels-last images, which the fast kernels read, and with them all
  /// that lies between.
  ///
  ///     %2 = convolution %0, %1 {layout = nchw}     %2 = transpose %0 {permutation = [0, 2, 3, 1]}
  ///     %3 = map %2 {f = tanh}                  =>  %3 = convolution %2, %1 {layout = nhwc}
  ///     return %3                                   %4 = map %3 {f = tanh}
  ///                                                 %5 = transpose %4 {permutation = [0, 3, 1, 2]}
  ///                                                 return %5
  ///
  /// Inputs and results keep their shapes; transpositions stay at them and where images are
  /// flattened.
  public static let chooseLayout = Pass("layout") { graph in
    var lowering = LayoutLowering(graph)
    return lowering.run()
  }
}

/// Rewrites a graph with every value in the layout that `ImageLayouts` gives it.
private struct LayoutLowering {
  private let graph: Graph
  private var layouts: ImageLayouts
  private let builder: GraphBuilder
  /// Each value as it is stored.
  private var stored: [Tensor?]

  init(_ graph: Graph) {
    self.graph = graph
    layouts = ImageLayouts(graph)
    builder = GraphBuilder(element: graph.nodes.first?.type.element ?? .float32)
    stored = [Tensor?](repeating: nil, count: graph.nodes.count)
  }

  mutating func run() -> Graph {
    for (index, name) in graph.inputNames.enumerated() {
      builder.origin = graph.origins[index]
      stored[index] = builder.input(name, graph.nodes[index].type.shape)
    }
    let live = graph.liveNodes()
    for index in graph.nodes.indices where live[index] {
      builder.origin = graph.origins[index]
      let isImage = layouts.layout(of: ValueID(index)) == .nhwc
      stored[index] = isImage ? channelsLast(index) : plain(index)
    }
    let results = zip(graph.resultNames, graph.results).map { name, id in
      builder.origin = graph.origins[id.index]
      return (name: name, value: value(id, .nchw))
    }
    return builder.graph(name: graph.name, results: results).withoutDeadNodes()
  }

  // MARK: Values

  /// A value in the layout that a user wants.
  private mutating func value(_ id: ValueID, _ layout: ImageLayout) -> Tensor {
    guard let tensor = stored[id.index] else {
      preconditionFailure("%\(id.index) is used too early")
    }
    let node = graph[id]
    let present = layouts.layout(of: id)
    if present == layout || node.type.shape.rank != 4 { return tensor }
    if layout == .nchw { return tensor.transpose(ImageLayout.toFirst) }
    switch node.op {
    case .constant(let constant):
      return builder.constant(constant.value.value, permuted(node.type.shape))
    case .broadcast(let broadcast): return repeated(broadcast, value(node.operands[0], .nchw))
    default: return tensor.transpose(ImageLayout.toLast)
    }
  }

  private func permuted(_ shape: Shape) -> Shape { Shape(permuted(shape.dimensions)) }

  private func permuted(_ list: [Int]) -> [Int] { ImageLayout.toLast.map { list[$0] } }

  /// A broadcast made channels-last at once.
  private func repeated(_ broadcast: Broadcast, _ x: Tensor) -> Tensor {
    let axes = broadcast.axes.map { ImageLayout.toFirst[$0] }
    let order = axes.indices.sorted { axes[$0] < axes[$1] }
    return x.transpose(order).broadcast(to: permuted(broadcast.shape), axes: axes.sorted())
  }

  // MARK: Nodes

  /// A node whose value is stored as its type says.
  private mutating func plain(_ index: Int) -> Tensor {
    let node = graph.nodes[index]
    switch node.op {
    case .convolution(let convolution) where convolution.layout == .nchw:
      return turned(convolution, node.operands)
    case .reduce(let reduce) where layouts.layout(of: node.operands[0]) == .nhwc:
      let kept = ImageLayout.toLast.filter { !reduce.axes.contains($0) }
      let x = value(node.operands[0], .nhwc)
      let y = x.reduced(reduce.kind, reduce.axes.map { ImageLayout.toFirst[$0] }.sorted())
      return y.transpose(kept.indices.sorted { kept[$0] < kept[$1] })
    case .input: return value(ValueID(index), .nchw)
    default:
      var operands: [Tensor] = []
      for operand in node.operands { operands.append(value(operand, .nchw)) }
      return builder.emit(node.op, operands)
    }
  }

  /// A node whose value is stored channels-last.
  private mutating func channelsLast(_ index: Int) -> Tensor {
    let node = graph.nodes[index]
    if let op = node.op.definition.permuted(by: ImageLayout.toLast) {
      var operands: [Tensor] = []
      for operand in node.operands { operands.append(value(operand, .nhwc)) }
      return builder.emit(op, operands)
    }
    switch node.op {
    case .convolution(let convolution)
    where convolution.layout == .nchw && convolution.direction != .filterGradient:
      return turned(convolution, node.operands)
    case .input: return (stored[index] ?? plain(index)).transpose(ImageLayout.toLast)
    default:
      return resampled(index, node) ?? plain(index).transpose(ImageLayout.toLast)
    }
  }

  /// A convolution of channels-last images.
  private mutating func turned(_ convolution: Convolution, _ operands: [ValueID]) -> Tensor {
    var tensors: [Tensor] = []
    for (index, operand) in operands.enumerated() {
      tensors.append(value(operand, convolution.imageOperands.contains(index) ? .nhwc : .nchw))
    }
    let turned = Convolution(convolution.direction, convolution.geometry, .nhwc)
    return builder.emit(.convolution(turned), tensors)
  }

  /// Upsampling or a block sum, channels last.
  private mutating func resampled(_ index: Int, _ node: Node) -> Tensor? {
    let result = permuted(node.type.shape)
    if let (source, factors) = graph.upsampled(index) {
      let x = value(ValueID(source), .nhwc)
      let blocks: Shape = [x.shape[0], x.shape[1], factors[0], x.shape[2], factors[1], x.shape[3]]
      return x.broadcast(to: blocks, axes: [0, 1, 3, 5]).reshape(result)
    }
    guard let (source, kind, factors) = graph.blockSummed(index) else { return nil }
    let blocks: Shape = [result[0], result[1], factors[0], result[2], factors[1], result[3]]
    return value(ValueID(source), .nhwc).reshape(blocks).reduced(kind, [2, 4])
  }
}
