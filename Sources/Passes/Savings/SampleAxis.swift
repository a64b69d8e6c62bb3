import TensorIR

/// A part of a batch: samples `start..<limit` of `count`.
struct SampleRange: Hashable {
  let start: Int
  let limit: Int
  let count: Int
}

extension Slice {
  /// The samples that it takes of a batch of this shape; nil where it takes all of them, or parts of each.
  func samples(of whole: Shape) -> SampleRange? {
    let isPart = { axis in starts[axis] != 0 || limits[axis] != whole[axis] }
    guard whole.rank > 0, isPart(0), !(1..<whole.rank).contains(where: isPart) else { return nil }
    return SampleRange(start: starts[0], limit: limits[0], count: whole[0])
  }
}

extension Tensor {
  /// The whole batch and the range, where the value is a part of it along the first axis alone.
  var asSamples: (whole: Tensor, range: SampleRange)? {
    guard case .slice(let slice) = op, let range = slice.samples(of: operand(0).shape) else {
      return nil
    }
    return (operand(0), range)
  }

  /// Those samples of a whole batch.
  func samples(_ range: SampleRange) -> Tensor {
    var starts = [Int](repeating: 0, count: shape.rank)
    var limits = shape.dimensions
    (starts[0], limits[0]) = (range.start, range.limit)
    return slice(starts, limits)
  }

  /// What every sample is, `[...]` without the first axis, where all are alike.
  var uniformSample: Tensor? {
    guard shape.rank > 0 else { return nil }
    let sample = Shape(Array(shape.dimensions.dropFirst()))
    if let value = constantValue { return builder.constant(value, sample) }
    guard let (broadcast, operand) = asBroadcast, !broadcast.axes.contains(0) else { return nil }
    return operand.broadcast(to: sample, axes: broadcast.axes.map { $0 - 1 })
  }

  /// `count` copies of one sample.
  func repeated(_ count: Int) -> Tensor {
    if let value = constantValue {
      return builder.constant(value, Shape([count] + shape.dimensions))
    }
    return broadcast(
      to: Shape([count] + shape.dimensions), axes: shape.dimensions.indices.map { $0 + 1 })
  }

  /// s and u where the value is s ⊙ u with one factor s `[N]` per sample.
  var asSampleScaled: (factors: Tensor, rest: Tensor)? {
    guard case .zip(let zip) = op, zip.function == .multiply, shape.rank > 1 else { return nil }
    for (side, other) in [(0, 1), (1, 0)] {
      if let (broadcast, s) = operand(side).asBroadcast, broadcast.axes == [0] {
        return (s, operand(other))
      }
    }
    return nil
  }

  /// Each sample multiplied by its factor of `factors` `[N]`.
  func scaledPerSample(by factors: Tensor) -> Tensor {
    self * factors.broadcast(to: shape, axes: [0])
  }
}

extension Graph {
  /// The operands of a node that are taken sample by sample; nil where samples mix.
  func sampleOperands(_ node: Node) -> [Int]? {
    node.op.definition.sampleOperands(node.operands.map { self[$0].type.shape }, node.type.shape)
  }
}

extension Site {
  /// The operands that are taken sample by sample; nil where samples mix.
  var sampleOperands: [Int]? {
    result.op.definition.sampleOperands(operands.map(\.shape), result.shape)
  }
}
