import TensorIR

extension Rule {
  /// Repetitions.
  static let broadcasts: [Rule] = [
    combineBroadcasts, squeezeBroadcast, broadcastToReshape, combineRepeatedTerms,
    combineRepeatedFactors,
  ]

  /// A repetition of a repetition.
  ///
  ///     %1 = broadcast %0 {shape = [2, 3], axes = [0]}
  ///     %2 = broadcast %1 {shape = [4, 2, 3], axes = [1, 2]}   =>   %1 = broadcast %0 {shape = [4, 2, 3], axes = [1]}
  private static let combineBroadcasts = Rule("combine-broadcasts", on: [.broadcast]) { site in
    guard case .broadcast(let outer) = site.result.op, let (inner, x) = site[0].asBroadcast else {
      return nil
    }
    return x.broadcast(to: outer.shape, axes: inner.axes.map { outer.axes[$0] })
  }

  /// Axes of extent 1 say nothing; without them more broadcasts are equal, and reshapes that made
  /// them fall away.
  ///
  ///     %1 = broadcast %0 {shape = [8, 3], axes = [0, 1]} : of f32[1x3] ...
  ///                                                   =>   %1 = reshape %0 {shape = [3]}
  ///                                                        %2 = broadcast %1 {shape = [8, 3], axes = [1]}
  private static let squeezeBroadcast = Rule("squeeze-broadcast", on: [.broadcast]) { site in
    guard case .broadcast(let broadcast) = site.result.op else { return nil }
    let x = site[0].shape
    let kept = broadcast.axes.indices.filter { x[$0] != 1 }
    guard kept.count < x.rank else { return nil }
    return site[0].reshape(Shape(x.squeezed))
      .broadcast(to: broadcast.shape, axes: kept.map { broadcast.axes[$0] })
  }

  /// Nothing is repeated along axes of extent 1.
  ///
  ///     %1 = broadcast %0 {shape = [3, 1], axes = [0]}   =>   %1 = reshape %0 {shape = [3, 1]}
  private static let broadcastToReshape = Rule("broadcast-to-reshape", on: [.broadcast]) { site in
    guard case .broadcast = site.result.op, site[0].shape.count == site.result.shape.count else {
      return nil
    }
    return site[0].reshape(site.result.shape)
  }

  /// Adds small tensors before they are repeated. (A bias before batch norm cancels so.)
  ///
  ///     %3 = broadcast %1 {shape = [8, 3], axes = [1]}
  ///     %4 = zip %0, %3 {f = add}
  ///     %5 = broadcast %2 {shape = [8, 3], axes = [1]}       %3 = zip %1, %2 {f = subtract}
  ///     %6 = zip %4, %5 {f = subtract}                  =>   %4 = broadcast %3 {shape = [8, 3], axes = [1]}
  ///                                                          %5 = zip %0, %4 {f = add}
  private static let combineRepeatedTerms = Rule("combine-repeated-terms", on: [.zip]) { site in
    guard let outer = RepeatedOperand(site.result, [.add, .subtract]),
      let inner = RepeatedOperand(outer.other, [.add, .subtract]), inner.axes == outer.axes
    else { return nil }
    let (p, q) = (inner.small, outer.small)
    if inner.function == .subtract && outer.function == .subtract {
      return inner.other - outer.repeated(p + q)
    }
    let sum = inner.function == .subtract ? q - p : outer.function == .subtract ? p - q : p + q
    return inner.other + outer.repeated(sum)
  }

  /// Multiplies small tensors before they are repeated.
  ///
  ///     %4 = zip %0, broadcast %1 {f = multiply}       %3 = zip %1, %2 {f = divide}
  ///     %6 = zip %4, broadcast %2 {f = divide}    =>   %5 = zip %0, broadcast %3 {f = multiply}
  private static let combineRepeatedFactors = Rule("combine-repeated-factors", on: [.zip]) { site in
    guard let outer = RepeatedOperand(site.result, [.multiply, .divide]),
      let inner = RepeatedOperand(outer.other, [.multiply, .divide]), inner.axes == outer.axes
    else { return nil }
    let (p, q) = (inner.small, outer.small)
    if inner.function == .divide && outer.function == .divide {
      return inner.other / outer.repeated(p * q)
    }
    let product = inner.function == .divide ? q / p : outer.function == .divide ? p / q : p * q
    return inner.other * outer.repeated(product)
  }
}

/// `other ∘ broadcast(small)`, or the operands exchanged where the function is commutative.
private struct RepeatedOperand {
  let function: ZipFunction
  let other: Tensor
  let small: Tensor
  let axes: [Int]
  private let shape: Shape

  init?(_ tensor: Tensor, _ functions: [ZipFunction]) {
    guard case .zip(let zip) = tensor.op, functions.contains(zip.function) else { return nil }
    let sides = zip.function.isCommutative ? [1, 0] : [1]
    for side in sides {
      let other = tensor.operand(1 - side)
      guard let (broadcast, small) = tensor.operand(side).asBroadcast, other.asBroadcast == nil
      else { continue }
      (function, self.other, self.small, axes, shape) = (
        zip.function, other, small, broadcast.axes, broadcast.shape
      )
      return
    }
    return nil
  }

  func repeated(_ tensor: Tensor) -> Tensor { tensor.broadcast(to: shape, axes: axes) }
}
