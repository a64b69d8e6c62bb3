import TensorIR

/// What takes and joins samples stays local where its ends are multiples of the ranks, since samples are dealt one by one.
extension Partition {
  mutating func slice(
    _ node: Node, _ slice: Slice, _ factor: SampleFactor
  ) -> (SampleState, Tensor)? {
    let axis = factor.axis
    var (starts, limits) = (slice.starts, slice.limits)
    var result = factor
    if starts[axis] != 0 || limits[axis] != factor.extent {
      guard isDealt(starts[axis], factor), isDealt(limits[axis], factor) else { return nil }
      result.count = (limits[axis] - starts[axis]) / factor.inner
    }
    (starts[axis], limits[axis]) = (starts[axis] / ranks, limits[axis] / ranks)
    return (.split(result), local[node.operands[0].index].slice(starts, limits))
  }

  mutating func pad(_ node: Node, _ pad: Pad, _ factor: SampleFactor) -> (SampleState, Tensor)? {
    let axis = factor.axis
    var (low, high) = (pad.low, pad.high)
    var result = factor
    if low[axis] != 0 || high[axis] != 0 {
      guard isDealt(low[axis], factor), isDealt(high[axis], factor) else { return nil }
      result.count += (low[axis] + high[axis]) / factor.inner
      (low[axis], high[axis]) = (low[axis] / ranks, high[axis] / ranks)
    }
    let value = local[node.operands[0].index].pad(low: low, high: high, fill: pad.fill.value)
    return (.split(result), value)
  }

  mutating func concatenate(
    _ node: Node, _ concatenate: Concatenate, _ factor: SampleFactor
  ) -> (SampleState, Tensor)? {
    guard concatenate.axis == factor.axis else {
      return parts(node.operands, factor).map { (.split(factor), emitted(node, $0)) }
    }
    var operands: [Tensor] = []
    var result = factor
    result.count = 0
    for operand in node.operands {
      let extent = graph[operand].type.shape[factor.axis]
      guard isDealt(extent, factor) else { return nil }
      var own = factor
      own.count = extent / factor.inner
      guard let part = part(operand, own) else { return nil }
      operands.append(part)
      result.count += own.count
    }
    return (.split(result), emitted(node, operands))
  }

  /// `true` iff as many samples on each rank are in the first `place` elements of the axis.
  private func isDealt(_ place: Int, _ factor: SampleFactor) -> Bool {
    factor.outer == 1 && place % (factor.inner * ranks) == 0
  }
}
