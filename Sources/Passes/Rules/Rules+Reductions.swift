import TensorIR

extension Rule {
  /// Sums and maxima over fewer elements, or none.
  static let reductions: [Rule] = [
    combineReductions, reduceNothing, reduceBroadcast, reducePad, reduceTranspose, reduceReshape,
    pullFactorOutOfSum, sumOfCentered, distributeSum,
  ]

  /// A sum of sums.
  ///
  ///     %1 = reduce %0 {kind = sum, axes = [1]}
  ///     %2 = reduce %1 {kind = sum, axes = [0]}   =>   %1 = reduce %0 {kind = sum, axes = [0, 1]}
  private static let combineReductions = Rule("combine-reductions", on: [.reduce]) { site in
    guard case .reduce(let outer) = site.result.op, case .reduce(let inner) = site[0].op,
      outer.kind == inner.kind
    else { return nil }
    let x = site[0].operand(0)
    let left = x.shape.axes(without: inner.axes)
    return x.reduced(outer.kind, (inner.axes + outer.axes.map { left[$0] }).sorted())
  }

  /// A reduction over axes of extent 1 keeps every element.
  ///
  ///     %1 = reduce %0 {kind = sum, axes = [1]}   =>   %1 = reshape %0 {shape = [3]}      (of f32[3x1])
  private static let reduceNothing = Rule("reduce-nothing", on: [.reduce]) { site in
    guard case .reduce(let reduce) = site.result.op else { return nil }
    let x = site[0]
    let real = reduce.axes.filter { x.shape[$0] != 1 }
    guard real.count < reduce.axes.count else { return nil }
    let dropped = reduce.axes.filter { x.shape[$0] == 1 }
    let kept = x.shape.axes(without: dropped)
    return x.reshape(Shape(kept.map { x.shape[$0] }))
      .reduced(reduce.kind, real.map { kept.partitioningPosition(of: $0) })
  }

  /// Multiplies instead of adding a value to itself.
  ///
  ///     %1 = broadcast %0 {shape = [8, 3], axes = [1]}
  ///     %2 = reduce %1 {kind = sum, axes = [0]}          =>   %1 = map %0 {f = scale, c = 8.0}
  private static let reduceBroadcast = Rule("reduce-broadcast", on: [.reduce]) { site in
    guard case .reduce(let reduce) = site.result.op, let (broadcast, x) = site[0].asBroadcast else {
      return nil
    }
    let shape = broadcast.shape
    let repeats = reduce.axes.filter { !broadcast.axes.contains($0) }.map { shape[$0] }.reduce(1, *)
    let left = shape.axes(without: reduce.axes)
    let kept = broadcast.axes.filter { !reduce.axes.contains($0) }
    return x.reduced(
      reduce.kind, broadcast.axes.indices.filter { reduce.axes.contains(broadcast.axes[$0]) }
    )
    .scaled(by: reduce.kind == .sum ? Double(repeats) : 1)
    .broadcast(to: site.result.shape, axes: kept.map { left.partitioningPosition(of: $0) })
  }

  /// Zeros add nothing, and -∞ is never the largest.
  ///
  ///     %1 = pad %0 {low = [2, 0], high = [0, 1]}
  ///     %2 = reduce %1 {kind = sum, axes = [0]}     =>   %1 = reduce %0 {kind = sum, axes = [0]}
  ///                                                      %2 = pad %1 {low = [0], high = [1]}
  private static let reducePad = Rule("reduce-pad", on: [.reduce]) { site in
    guard case .reduce(let reduce) = site.result.op, case .pad(let pad) = site[0].op,
      pad.fill.value == reduce.kind.neutral
    else { return nil }
    let kept = site[0].shape.axes(without: reduce.axes)
    return site[0].operand(0).reduced(reduce.kind, reduce.axes).pad(
      low: kept.map { pad.low[$0] }, high: kept.map { pad.high[$0] }, fill: pad.fill.value)
  }

  /// Permutes the smaller tensor, or nothing at all.
  ///
  ///     %1 = transpose %0 {permutation = [0, 2, 3, 1]}
  ///     %2 = reduce %1 {kind = sum, axes = [0, 1, 2]}    =>   %1 = reduce %0 {kind = sum, axes = [0, 2, 3]}
  private static let reduceTranspose = Rule("reduce-transpose", on: [.reduce]) { site in
    guard case .reduce(let reduce) = site.result.op, case .transpose(let transpose) = site[0].op
    else {
      return nil
    }
    let x = site[0].operand(0)
    let axes = reduce.axes.map { transpose.permutation[$0] }.sorted()
    let left = x.shape.axes(without: axes)
    let order = site[0].shape.axes(without: reduce.axes).map {
      left.partitioningPosition(of: transpose.permutation[$0])
    }
    return x.reduced(reduce.kind, axes).transpose(order)
  }

  /// Reduces before axes are merged or split, where no axis mixes reduced elements with others.
  ///
  ///     %1 = reshape %0 {shape = [2, 12]}           (of f32[2x3x4])
  ///     %2 = reduce %1 {kind = sum, axes = [1]}   =>   %1 = reduce %0 {kind = sum, axes = [1, 2]}
  private static let reduceReshape = Rule("reduce-reshape", on: [.reduce]) { site in
    guard case .reduce(let reduce) = site.result.op, let x = site[0].asReshaped,
      let axes = site[0].shape.counterpart(of: reduce.axes, in: x.shape)
    else { return nil }
    return x.reduced(reduce.kind, axes).reshape(site.result.shape)
  }

  /// A factor that is the same for all terms of a sum.
  ///
  ///     %2 = broadcast %1 {shape = [8, 3], axes = [1]}
  ///     %3 = zip %0, %2 {f = multiply}
  ///     %4 = reduce %3 {kind = sum, axes = [0]}          =>   %2 = reduce %0 {kind = sum, axes = [0]}
  ///                                                           %3 = zip %2, %1 {f = multiply}
  private static let pullFactorOutOfSum = Rule("pull-factor-out-of-sum", on: [.reduce]) { site in
    guard case .reduce(let reduce) = site.result.op, reduce.kind == .sum,
      case .zip(let zip) = site[0].op, zip.function == .multiply || zip.function == .divide
    else { return nil }
    let (a, b) = (site[0].operand(0), site[0].operand(1))
    let left = a.shape.axes(without: reduce.axes)
    func factor(_ t: Tensor) -> Tensor? {
      guard let (broadcast, x) = t.asBroadcast,
        broadcast.axes.allSatisfy({ !reduce.axes.contains($0) })
      else { return nil }
      return x.broadcast(
        to: site.result.shape, axes: broadcast.axes.map { left.partitioningPosition(of: $0) })
    }
    if let f = factor(b) { return a.sum(reduce.axes).zip(zip.function, f) }
    return zip.function == .multiply ? factor(a).map { b.sum(reduce.axes) * $0 } : nil
  }

  /// What was centered sums to 0.
  ///
  ///     %1 = reduce %0 {kind = sum, axes = [0]}               (of f32[8x3])
  ///     %2 = map %1 {f = scale, c = 0.125}
  ///     %3 = broadcast %2 {shape = [8, 3], axes = [1]}
  ///     %4 = zip %0, %3 {f = subtract}
  ///     %5 = reduce %4 {kind = sum, axes = [0]}          =>   %1 = constant {value = 0.0, shape = [3]}
  private static let sumOfCentered = Rule("sum-of-centered", on: [.reduce]) { site in
    guard case .reduce(let reduce) = site.result.op, reduce.kind == .sum,
      case .zip(let zip) = site[0].op, zip.function == .subtract,
      let (broadcast, mean) = site[0].operand(1).asBroadcast, let (factor, sum) = mean.asScaled,
      case .reduce(let inner) = sum.op, inner == reduce, sum.operand(0).id == site[0].operand(0).id,
      broadcast.axes == site[0].shape.axes(without: reduce.axes)
    else { return nil }
    let count = Double(site[0].shape.count / site.result.shape.count)
    return (factor * count - 1).magnitude <= .ulpOfOne ? site.result.constantAlike(0) : nil
  }

  /// Sums term by term, where that leaves nothing or only known sums to do for the large tensors.
  ///
  ///     %2 = broadcast %1 {shape = [8, 3], axes = [1]}
  ///     %3 = zip %0, %2 {f = add}
  ///     %4 = reduce %3 {kind = sum, axes = [0]}     =>   %2 = reduce %0 {kind = sum, axes = [0]}
  ///                                                      %3 = map %1 {f = scale, c = 8.0}
  ///                                                      %4 = zip %2, %3 {f = add}
  private static let distributeSum = Rule("distribute-sum", on: [.reduce]) { site in
    guard case .reduce(let reduce) = site.result.op, reduce.kind == .sum,
      case .zip(let zip) = site[0].op, zip.function == .add || zip.function == .subtract
    else { return nil }
    let (a, b) = (site[0].operand(0), site[0].operand(1))
    guard
      a.asBroadcast != nil || b.asBroadcast != nil
        || (a.isFactored(over: reduce.axes) && b.isFactored(over: reduce.axes))
    else { return nil }
    return a.sum(reduce.axes).zip(zip.function, b.sum(reduce.axes))
  }
}

extension ReduceKind {
  /// What changes no result.
  fileprivate var neutral: Double {
    switch self {
    case .sum: 0
    case .max: -.infinity
    }
  }
}

extension Tensor {
  /// The reduction over ascending `axes`, or the value itself where there are none.
  func reduced(_ kind: ReduceKind, _ axes: [Int]) -> Tensor {
    axes.isEmpty ? self : builder.emit(.reduce(Reduce(kind: kind, axes: axes)), [self])
  }

  /// `true` iff a sum over `axes` can be taken of a simpler tensor: a factor is the same for all
  /// terms.
  fileprivate func isFactored(over axes: [Int]) -> Bool {
    if let (_, x) = asScaled { return x.isFactored(over: axes) }
    guard case .zip(let zip) = op, zip.function == .multiply || zip.function == .divide else {
      return asBroadcast != nil
    }
    return [operand(0), operand(1)].contains { operand in
      operand.asBroadcast.map { $0.broadcast.axes.allSatisfy { !axes.contains($0) } } ?? false
    }
  }
}
