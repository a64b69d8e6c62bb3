import TensorIR

extension Rule {
  /// Reshapes and transpositions.
  static let shapes: [Rule] = [
    combineReshapes, combineTransposes, transposeToReshape, transposeBroadcast, reshapeBroadcast,
    concatenateConcatenations,
  ]

  /// Only the last shape matters.
  ///
  ///     %1 = reshape %0 {shape = [6]}
  ///     %2 = reshape %1 {shape = [2, 3]}   =>   %1 = reshape %0 {shape = [2, 3]}
  private static let combineReshapes = Rule("combine-reshapes", on: [.reshape]) { site in
    site.result.asReshaped?.asReshaped.map { $0.reshape(site.result.shape) }
  }

  /// A permutation of a permutation.
  ///
  ///     %1 = transpose %0 {permutation = [1, 2, 0]}
  ///     %2 = transpose %1 {permutation = [2, 0, 1]}   =>   %0
  private static let combineTransposes = Rule("combine-transposes", on: [.transpose]) { site in
    guard case .transpose(let outer) = site.result.op, case .transpose(let inner) = site[0].op
    else {
      return nil
    }
    return site[0].operand(0).transpose(outer.permutation.map { inner.permutation[$0] })
  }

  /// No element moves when only axes of extent 1 do.
  ///
  ///     %1 = transpose %0 {permutation = [0, 2, 3, 1]}   =>   %1 = reshape %0 {shape = [64, 28, 28, 1]}
  private static let transposeToReshape = Rule("transpose-to-reshape", on: [.transpose]) { site in
    guard case .transpose(let transpose) = site.result.op else { return nil }
    let moved = transpose.permutation.filter { site[0].shape[$0] != 1 }
    return moved == moved.sorted() ? site[0].reshape(site.result.shape) : nil
  }

  /// Permutes the small tensor, or nothing at all.
  ///
  ///     %1 = broadcast %0 {shape = [2, 3], axes = [0]}
  ///     %2 = transpose %1 {permutation = [1, 0]}         =>   %1 = broadcast %0 {shape = [3, 2], axes = [1]}
  private static let transposeBroadcast = Rule("transpose-broadcast", on: [.transpose]) { site in
    guard case .transpose(let transpose) = site.result.op, let (broadcast, x) = site[0].asBroadcast
    else { return nil }
    let axes = broadcast.axes.map { transpose.inverse[$0] }
    let order = axes.indices.sorted { axes[$0] < axes[$1] }
    return x.transpose(order).broadcast(to: site.result.shape, axes: axes.sorted())
  }

  /// A broadcast whose axes are merged or split without mixing repeated and given ones.
  ///
  ///     %1 = broadcast %0 {shape = [2, 3, 4], axes = [0]}
  ///     %2 = reshape %1 {shape = [2, 12]}                   =>   %1 = broadcast %0 {shape = [2, 12], axes = [0]}
  private static let reshapeBroadcast = Rule("reshape-broadcast", on: [.reshape]) { site in
    guard site.result.asReshaped != nil, let (broadcast, x) = site[0].asBroadcast,
      let axes = site[0].shape.counterpart(of: broadcast.axes, in: site.result.shape)
    else { return nil }
    let shape = site.result.shape
    return x.reshape(Shape(axes.map { shape[$0] })).broadcast(to: shape, axes: axes)
  }

  /// One copy instead of two.
  ///
  ///     %3 = concatenate %0, %1 {axis = 0}
  ///     %4 = concatenate %3, %2 {axis = 0}   =>   %3 = concatenate %0, %1, %2 {axis = 0}
  private static let concatenateConcatenations = Rule(
    "concatenate-concatenations", on: [.concatenate]
  ) { site in
    guard case .concatenate(let outer) = site.result.op else { return nil }
    var parts: [Tensor] = []
    for operand in site.operands {
      if case .concatenate(let inner) = operand.op, inner.axis == outer.axis {
        parts += operand.builder.node(operand.id).operands.map(operand.builder.tensor)
      } else {
        parts.append(operand)
      }
    }
    return parts.count == site.operands.count ? nil : concatenate(parts, axis: outer.axis)
  }
}

extension Shape {
  /// The axes of `other`, a reshape of this shape, that run over the same elements as `axes` of
  /// this shape; nil where some axis of `other` mixes `axes` with the rest.
  ///
  /// Axes of extent 1 count to the rest.
  func counterpart(of axes: [Int], in other: Shape) -> [Int]? {
    // Runs of neighbouring axes of one kind must have the same extents in both shapes.
    var result: [Int] = []
    var position = 0
    var axis = 0
    while axis < rank {
      let chosen = axes.contains(axis)
      var extent = 1
      while axis < rank, dimensions[axis] == 1 || axes.contains(axis) == chosen {
        extent *= dimensions[axis]
        axis += 1
      }
      var reached = 1
      while reached < extent {
        guard position < other.rank, extent.isMultiple(of: reached * other[position]) else {
          return nil
        }
        if chosen && other[position] != 1 { result.append(position) }
        reached *= other[position]
        position += 1
      }
    }
    return result
  }
}
