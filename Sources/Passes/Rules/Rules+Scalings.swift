import TensorIR

extension Rule {
  /// Constant factors and terms: merged, and moved to where the tensor is smallest.
  static let scalings: [Rule] = [
    combineScales, combineShifts, scaleByMinusOne, constantOperand, addNegated, cancelTerm,
    distributeScale, pullScaleOutOfProduct, pullScaleOutOfSum, pullScaleOutOfReduction,
    pullScaleOutOfContraction,
  ]

  /// Successive factors.
  ///
  ///     %1 = map %0 {f = scale, c = 2.0}
  ///     %2 = map %1 {f = negate}           =>   %1 = map %0 {f = scale, c = -2.0}
  private static let combineScales = Rule("combine-scales", on: [.map]) { site in
    guard let outer = site.result.asScaled, let inner = outer.operand.asScaled,
      (outer.factor * inner.factor).isMovable
    else { return nil }
    return inner.operand.scaled(by: outer.factor * inner.factor)
  }

  /// Successive terms.
  ///
  ///     %1 = map %0 {f = shift, c = 2.0}
  ///     %2 = map %1 {f = shift, c = 3.0}   =>   %1 = map %0 {f = shift, c = 5.0}
  private static let combineShifts = Rule("combine-shifts", on: [.map]) { site in
    guard case .map(let outer) = site.result.op, outer.function == .shift,
      case .map(let inner) = site[0].op, inner.function == .shift
    else { return nil }
    return site[0].operand(0) + (outer.parameter.value + inner.parameter.value)
  }

  /// One form of negation.
  ///
  ///     %1 = map %0 {f = scale, c = -1.0}   =>   %1 = map %0 {f = negate}
  private static let scaleByMinusOne = Rule("scale-by-minus-one", on: [.map]) { site in
    guard case .map(let map) = site.result.op, map.function == .scale, map.parameter.value == -1
    else { return nil }
    return -site[0]
  }

  /// A constant operand becomes the constant of a map.
  ///
  ///     %1 = constant {value = 3.0, ...}
  ///     %2 = zip %0, %1 {f = multiply}     =>   %1 = map %0 {f = scale, c = 3.0}
  private static let constantOperand = Rule("constant-operand", on: [.zip]) { site in
    guard case .zip(let zip) = site.result.op else { return nil }
    let (a, b) = (site[0], site[1])
    if let c = b.constantValue {
      switch zip.function {
      case .add: return a + c
      case .subtract: return a + -c
      case .multiply: return a.scaled(by: c)
      case .divide: return c == 0 ? nil : a.scaled(by: 1 / c)
      case .power: return a.map(.power, c)
      case .greater: return c == 0 ? a.map(.mask, 0) : nil
      default: return nil
      }
    }
    guard let c = a.constantValue else { return nil }
    switch zip.function {
    case .add: return b + c
    case .subtract: return (-b) + c
    case .multiply: return b.scaled(by: c)
    case .divide: return b.map(.reciprocal).scaled(by: c)
    default: return nil
    }
  }

  /// Addition of a negated value, a repeated one included.
  ///
  ///     %2 = map %1 {f = negate}
  ///     %3 = zip %0, %2 {f = add}   =>   %2 = zip %0, %1 {f = subtract}
  private static let addNegated = Rule("add-negated", on: [.zip]) { site in
    guard case .zip(let zip) = site.result.op else { return nil }
    switch zip.function {
    case .add:
      if let b = site[1].negation { return site[0] - b }
      return site[0].negation.map { site[1] - $0 }
    case .subtract: return site[1].negation.map { site[0] + $0 }
    default: return nil
    }
  }

  /// A term that is added and subtracted.
  ///
  ///     %2 = zip %0, %1 {f = add}
  ///     %3 = zip %0, %2 {f = subtract}   =>   %2 = map %1 {f = negate}
  private static let cancelTerm = Rule("cancel-term", on: [.zip]) { site in
    guard case .zip(let outer) = site.result.op,
      outer.function == .add || outer.function == .subtract
    else { return nil }
    if outer.function == .subtract && site[0].id == site[1].id {
      return site.result.constantAlike(0)
    }
    for (side, other) in [(0, site[1]), (1, site[0])] {
      guard case .zip(let inner) = site[side].op,
        inner.function == .add || inner.function == .subtract
      else { continue }
      let (p, q) = (site[side].operand(0), site[side].operand(1))
      let isSum = inner.function == .add
      switch (outer.function, side) {
      case (.subtract, 0):
        // (p ± q) - other
        if p.id == other.id { return isSum ? q : -q }
        if isSum && q.id == other.id { return p }
      case (.subtract, _):
        // other - (p ± q)
        if p.id == other.id { return isSum ? -q : q }
        if isSum && q.id == other.id { return -p }
      default:
        // (p - q) + other
        if !isSum && q.id == other.id { return p }
      }
    }
    return nil
  }

  /// Multiplies the terms of a sum where that makes one factor of two, or none.
  ///
  ///     %2 = map %1 {f = scale, c = 8.0}
  ///     %3 = zip %0, %2 {f = add}           =>   %2 = map %0 {f = scale, c = 0.125}
  ///     %4 = map %3 {f = scale, c = 0.125}       %3 = zip %2, %1 {f = add}
  private static let distributeScale = Rule("distribute-scale", on: [.map]) { site in
    guard let (factor, sum) = site.result.asScaled, case .zip(let zip) = sum.op,
      zip.function == .add || zip.function == .subtract
    else { return nil }
    let (a, b) = (sum.operand(0).asScaled, sum.operand(1).asScaled)
    // Equal factors were pulled out of the sum before.
    guard a != nil || b != nil, a?.factor.magnitude != b?.factor.magnitude else { return nil }
    let cancels = [a, b].contains {
      ($0.map { ($0.factor * factor).magnitude - 1 } ?? 1).magnitude <= .ulpOfOne
    }
    guard cancels || (a != nil && b != nil) else { return nil }
    return sum.operand(0).scaled(by: factor).zip(zip.function, sum.operand(1).scaled(by: factor))
  }

  /// A factor of a factor.
  ///
  ///     %2 = map %0 {f = scale, c = 2.0}
  ///     %3 = zip %2, %1 {f = multiply}     =>   %2 = zip %0, %1 {f = multiply}
  ///                                             %3 = map %2 {f = scale, c = 2.0}
  private static let pullScaleOutOfProduct = Rule("pull-scale-out-of-product", on: [.zip, .map]) {
    site in
    switch site.result.op {
    case .zip(let zip) where zip.function == .multiply:
      guard let (factor, a, b) = site.factored({ $0 * $1 }) else { return nil }
      return (a * b).scaled(by: factor)
    case .zip(let zip) where zip.function == .divide:
      guard let (factor, a, b) = site.factored({ $0 / $1 }) else { return nil }
      return (a / b).scaled(by: factor)
    case .map(let map) where map.function == .square:
      guard let x = site[0].asScaled, (x.factor * x.factor).isMovable else { return nil }
      return x.operand.map(.square).scaled(by: x.factor * x.factor)
    default: return nil
    }
  }

  /// A factor of both terms, or both signs.
  ///
  ///     %2 = map %0 {f = scale, c = 2.0}
  ///     %3 = map %1 {f = scale, c = 2.0}
  ///     %4 = zip %2, %3 {f = add}          =>   %2 = zip %0, %1 {f = add}
  ///                                             %3 = map %2 {f = scale, c = 2.0}
  private static let pullScaleOutOfSum = Rule("pull-scale-out-of-sum", on: [.zip]) { site in
    guard case .zip(let zip) = site.result.op, zip.function == .add || zip.function == .subtract,
      let a = site[0].asScaled, let b = site[1].asScaled,
      a.factor.magnitude == b.factor.magnitude, a.factor.isMovable
    else { return nil }
    let sameSign = a.factor == b.factor
    return (sameSign == (zip.function == .add) ? a.operand + b.operand : a.operand - b.operand)
      .scaled(by: a.factor)
  }

  /// Scales the sum instead of every term.
  ///
  ///     %1 = map %0 {f = scale, c = 2.0}
  ///     %2 = reduce %1 {kind = sum, ...}   =>   %1 = reduce %0 {kind = sum, ...}
  ///                                             %2 = map %1 {f = scale, c = 2.0}
  private static let pullScaleOutOfReduction = Rule("pull-scale-out-of-reduction", on: [.reduce]) {
    site in
    guard case .reduce(let reduce) = site.result.op, let x = site[0].asScaled,
      x.factor.isMovable, reduce.kind == .sum || x.factor > 0
    else { return nil }
    return site.builder.emit(site.result.op, [x.operand]).scaled(by: x.factor)
  }

  /// Scales the smallest of the two operands and the result of a bilinear operation.
  ///
  ///     %2 = map %0 {f = scale, c = 2.0} : f32[64x100]
  ///     %3 = matmul %2, %1 : f32[64x10]    =>   %2 = matmul %0, %1 : f32[64x10]
  ///                                             %3 = map %2 {f = scale, c = 2.0}
  private static let pullScaleOutOfContraction = Rule(
    "pull-scale-out-of-contraction", on: [.matmul, .convolution]
  ) { site in
    for (index, scaled) in site.operands.enumerated() {
      guard let x = scaled.asScaled, x.factor.isMovable else { continue }
      var operands = site.operands
      operands[index] = x.operand
      let other = site.operands[1 - index]
      if site.result.shape.count <= min(scaled.shape.count, other.shape.count) {
        return site.builder.emit(site.result.op, operands).scaled(by: x.factor)
      }
      if other.shape.count < scaled.shape.count {
        operands[1 - index] = other.scaled(by: x.factor)
        return site.builder.emit(site.result.op, operands)
      }
    }
    return nil
  }
}

extension Double {
  /// `true` iff values stay in the range of a float without this factor, their squares included.
  ///
  /// Factors gather on their way: eight layers with a rate of 0.01 have one of 1e-26 between them, and the square of
  /// what that should have made small is infinite.
  var isMovable: Bool { self == 0 || (0x1p-40...0x1p40).contains(magnitude) }
}

extension Site {
  /// The factor of a product or quotient of two values, of which one or both have one, and what they multiply.
  fileprivate func factored(
    _ combined: (Double, Double) -> Double
  ) -> (factor: Double, a: Tensor, b: Tensor)? {
    let (a, b) = (self[0].asScaled, self[1].asScaled)
    let factor = combined(a?.factor ?? 1, b?.factor ?? 1)
    guard a != nil || b != nil, factor.isFinite, factor.isMovable else { return nil }
    return (factor, a?.operand ?? self[0], b?.operand ?? self[1])
  }
}

extension Tensor {
  /// x where the value is -x or a negative multiple of something, repeated or not.
  fileprivate var negation: Tensor? {
    if let (broadcast, x) = asBroadcast {
      return x.negation.map { $0.broadcast(to: broadcast.shape, axes: broadcast.axes) }
    }
    guard let (factor, x) = asScaled, factor < 0 else { return nil }
    return x.scaled(by: -factor)
  }
}
