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

extension Op {
  /// The operands whose first axis is the result's first axis, sample by sample; nil where samples mix or the
  /// operation is not of that kind.
  func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    guard result.rank > 0 else { return nil }
    switch self {
    case .map, .zip, .select: return Array(operands.indices)
    case .matmul(let m): return m.transposeA ? nil : [0]
    case .convolution(let c): return c.direction == .filterGradient ? nil : [0]
    case .broadcast(let b): return b.axes.first == 0 ? [0] : nil
    case .reshape: return operands[0].rank > 0 && operands[0][0] == result[0] ? [0] : nil
    case .transpose(let t): return t.permutation[0] == 0 ? [0] : nil
    case .reduce(let r): return r.axes.contains(0) ? nil : [0]
    case .slice(let s): return s.starts[0] == 0 && s.limits[0] == operands[0][0] ? [0] : nil
    case .pad(let p): return p.low[0] == 0 && p.high[0] == 0 ? [0] : nil
    case .concatenate(let c): return c.axis == 0 ? nil : Array(operands.indices)
    default: return nil
    }
  }

  /// The same operation on a batch of `count` samples.
  func resized(to count: Int) -> Op {
    func first(_ list: [Int]) -> [Int] { [count] + list.dropFirst() }
    switch self {
    case .convolution(let c):
      var geometry = c.geometry
      geometry.batch = count
      return .convolution(Convolution(c.direction, geometry, c.layout))
    case .broadcast(let b):
      return .broadcast(Broadcast(shape: Shape(first(b.shape.dimensions)), axes: b.axes))
    case .reshape(let r): return .reshape(Reshape(shape: Shape(first(r.shape.dimensions))))
    case .slice(let s): return .slice(Slice(starts: s.starts, limits: first(s.limits)))
    default: return self
    }
  }

  /// Operands in which the operation is linear, each with the others fixed; add is linear in both together.
  var linearOperands: [Int] {
    switch self {
    case .matmul, .convolution: [0, 1]
    case .zip(let z): z.function == .multiply ? [0, 1] : z.function == .divide ? [0] : []
    case .broadcast, .reshape, .transpose, .slice, .pad: [0]
    case .reduce(let r): r.kind == .sum ? [0] : []
    default: []
    }
  }
}

extension Site {
  /// The operands that are taken sample by sample; nil where samples mix.
  var sampleOperands: [Int]? { result.op.sampleOperands(operands.map(\.shape), result.shape) }
}
