import TensorIR

extension Pass {
  /// Computes only the samples that somebody reads: dead code elimination along the batch.
  ///
  ///     %1 = matmul %0, %w : f32[64x8]               %1 = slice %0 {samples 0..<32 of 64}
  ///     %2 = slice %1 {samples 0..<32 of 64}   =>    %2 = matmul %1, %w : f32[32x8]
  public static let trimSamples = Pass("trim-samples") { graph in
    let needed = neededSamples(of: graph)
    var starts = [Int](repeating: 0, count: graph.nodes.count)
    return GraphRewriter.rewriteIndexed(graph) { index, node, operands, builder in
      let samples = graph.sampleOperands(node)
      let shift = sampleShift(node, graph)
      guard let range = needed[index], samples != nil || shift != nil else {
        return builder.emit(node.op, operands)
      }
      starts[index] = range.lowerBound
      func part(_ position: Int, _ range: Range<Int>) -> Tensor {
        let start = starts[node.operands[position].index]
        let value = operands[position]
        let local = (range.lowerBound - start)..<(range.upperBound - start)
        if local == 0..<value.shape[0] { return value }
        return value.samples(
          SampleRange(start: local.lowerBound, limit: local.upperBound, count: value.shape[0]))
      }
      if let shift {
        return part(0, (range.lowerBound + shift)..<(range.upperBound + shift))
      }
      var parts = operands
      for position in samples ?? [] { parts[position] = part(position, range) }
      return builder.emit(
        range == wholeRange(of: node)
          ? node.op : node.op.definition.resized(toSamples: range.count), parts)
    }
  }

  /// For each node, the hull of the samples that its users read; nil where the whole value is needed or nothing is.
  private static func neededSamples(of graph: Graph) -> [Range<Int>?] {
    var needed = [Range<Int>?](repeating: nil, count: graph.nodes.count)
    func require(_ id: ValueID, _ range: Range<Int>?) {
      guard let range = range ?? wholeRange(of: graph[id]) else { return }
      let known = needed[id.index] ?? range
      needed[id.index] =
        Swift.min(
          known.lowerBound, range.lowerBound)..<Swift.max(known.upperBound, range.upperBound)
    }
    for result in graph.results { require(result, nil) }
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      let samples = graph.sampleOperands(node)
      let shift = sampleShift(node, graph)
      // A node that cannot be trimmed is computed whole, whoever reads it.
      if samples == nil && shift == nil { needed[index] = wholeRange(of: node) }
      for (position, operand) in node.operands.enumerated() {
        if let shift, let range = needed[index] {
          require(operand, (range.lowerBound + shift)..<(range.upperBound + shift))
        } else if let samples, samples.contains(position) {
          require(operand, needed[index])
        } else {
          require(operand, nil)
        }
      }
    }
    return needed
  }

  private static func wholeRange(of node: Node) -> Range<Int>? {
    node.type.shape.rank > 0 ? 0..<node.type.shape[0] : nil
  }

  /// The first sample of a part of a batch; nil for every other operation.
  private static func sampleShift(_ node: Node, _ graph: Graph) -> Int? {
    guard case .slice(let slice) = node.op else { return nil }
    return slice.samples(of: graph[node.operands[0]].type.shape)?.start
  }
}
