import TensorIR

extension Pass {
  /// W(a, u) = W(a, u of samples 0..<n) + W(a, u of samples n...), where the parts are computed anyway.
  ///
  ///     %3 = matmul %1, %2 {ta}                             %6 = matmul %4, %5 {ta}
  ///     %4, %5 = samples 0..<32 of %1, %2; the rest         %9 = matmul %7, %8 {ta}
  ///     %6 = matmul %4, %5 {ta}; %9 of the rest      =>     %3 = zip %6, %9 {f = add}
  ///
  /// So the adversary's own step takes its weight-gradient from the halves that AdvAs's split estimator multiplies.
  static let splitSums = Pass("split-sums") { graph in
    var rewriter = GraphRewriter(graph)
    let sums = graph.splitSums()
    let live = graph.liveNodes()
    for index in graph.inputNames.count..<graph.nodes.count where live[index] {
      if let parts = sums[index] {
        rewriter.builder.origin = graph.origins[index]
        let terms = parts.map { rewriter.ensure($0.node).scaled(by: $0.factor) }
        rewriter.values[index] = terms.dropFirst().reduce(terms[0], +)
      } else {
        _ = rewriter.ensure(index)
      }
    }
    return rewriter.finish()
  }
}

extension GraphRewriter {
  /// The new value of a node, made now with all that it needs where it is not there yet.
  fileprivate mutating func ensure(_ index: Int) -> Tensor {
    if let value = values[index] { return value }
    let node = source.nodes[index]
    let operands = node.operands.map { ensure($0.index) }
    builder.origin = source.origins[index]
    let value = builder.emit(node.op, operands, knownAs: node.type)
    values[index] = value
    return value
  }
}

/// A product over some samples, times what makes it a term of the product over all of them.
private struct PartialSum {
  var node: Int
  var factor: Double
}

/// A product that sums over samples, seen through factors and through the choice of samples before it.
private struct SampleProduct {
  /// What two products over the same samples of the same values have in common.
  struct Key: Hashable {
    var operands: [ValueID]
    var op: Op
  }

  var key: Key
  var factor: Double
  /// nil for all samples.
  var range: SampleRange?

  /// Nil for every other operation, and for operands of different samples.
  init?(_ node: Node, in graph: Graph) {
    let shapes = node.operands.map { graph[$0].type.shape }
    guard node.operands.count == 2, node.op.definition.sumsOverSamples(shapes) else { return nil }
    var (factor, ranges): (Double, [SampleRange?]) = (1, [])
    let roots = node.operands.map { operand in
      let peeled = graph.peeled(operand)
      factor *= peeled.factor
      ranges.append(peeled.range)
      return peeled.root
    }
    guard ranges[0] == ranges[1], factor != 0 else { return nil }
    range = ranges[0]
    self.factor = factor
    key = Key(
      operands: roots, op: node.op.definition.resized(toSamples: graph[roots[0]].type.shape[0]))
  }
}

extension Graph {
  /// The products over all samples whose parts are products too, with these; never a part of itself.
  fileprivate func splitSums() -> [Int: [PartialSum]] {
    var parts: [SampleProduct.Key: [(node: Int, product: SampleProduct)]] = [:]
    var wholes: [(node: Int, product: SampleProduct)] = []
    for (index, node) in nodes.enumerated() {
      guard let product = SampleProduct(node, in: self) else { continue }
      if product.range == nil {
        wholes.append((index, product))
      } else {
        parts[product.key, default: []].append((index, product))
      }
    }
    var sums: [Int: [PartialSum]] = [:]
    for (index, whole) in wholes {
      guard let found = parts[whole.key], let cover = Self.cover(found) else { continue }
      sums[index] = cover.map {
        PartialSum(node: $0.node, factor: whole.factor / $0.product.factor)
      }
    }
    return sums
  }

  /// Parts that make up the whole batch, each sample once; nil where samples are missing.
  private static func cover(
    _ parts: [(node: Int, product: SampleProduct)]
  ) -> [(node: Int, product: SampleProduct)]? {
    var cover: [(node: Int, product: SampleProduct)] = []
    var end = 0
    while let next = parts.first(where: { $0.product.range?.start == end }),
      let range = next.product.range
    {
      cover.append(next)
      end = range.limit
      if end == range.count { return cover }
    }
    return nil
  }

  /// A value without the factors before it and the choice of samples: c·x[r] is x, c and r.
  fileprivate func peeled(
    _ id: ValueID
  ) -> (root: ValueID, factor: Double, range: SampleRange?) {
    var (root, factor, range): (ValueID, Double, SampleRange?) = (id, 1, nil)
    while true {
      let node = self[root]
      if let scaling = node.op.scaling {
        factor *= scaling
      } else if range == nil, case .slice(let slice) = node.op,
        let samples = slice.samples(of: self[node.operands[0]].type.shape)
      {
        range = samples
      } else {
        return (root, factor, range)
      }
      root = node.operands[0]
    }
  }
}
