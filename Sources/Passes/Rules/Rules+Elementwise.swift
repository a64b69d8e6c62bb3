import TensorIR

extension Rule {
  /// Functions of functions, and elementwise work that is cheaper elsewhere.
  static let elementwise: [Rule] = [
    square, double, evenOfNegated, inverses, nameReciprocalRoot, moveReshapeBelow,
    moveBroadcastBelow,
    moveShapingAboveBroadcasts, moveSamplesAboveMap,
  ]

  /// A value times itself.
  ///
  ///     %1 = zip %0, %0 {f = multiply}   =>   %1 = map %0 {f = square}
  private static let square = Rule("square", on: [.zip, .map]) { site in
    switch site.result.op {
    case .zip(let zip) where zip.function == .multiply && site[0].id == site[1].id:
      return site[0].map(.square)
    case .map(let map) where map.function == .power && map.parameter.value == 2:
      return site[0].map(.square)
    default: return nil
    }
  }

  /// A value plus itself.
  ///
  ///     %1 = zip %0, %0 {f = add}   =>   %1 = map %0 {f = scale, c = 2.0}
  private static let double = Rule("double", on: [.zip]) { site in
    guard case .zip(let zip) = site.result.op, zip.function == .add, site[0].id == site[1].id else {
      return nil
    }
    return 2 * site[0]
  }

  /// An even function does not see the sign.
  ///
  ///     %1 = map %0 {f = negate}
  ///     %2 = map %1 {f = abs}      =>   %1 = map %0 {f = abs}
  private static let evenOfNegated = Rule("even-of-negated", on: [.map]) { site in
    guard case .map(let map) = site.result.op, map.function == .abs else { return nil }
    return site[0].argument(of: .negate).map { $0.map(.abs) }
  }

  /// A function and its inverse.
  ///
  ///     %1 = map %0 {f = reciprocal}
  ///     %2 = map %1 {f = reciprocal}   =>   %0
  private static let inverses = Rule("inverses", on: [.map]) { site in
    site.result.argument(of: .reciprocal)?.argument(of: .reciprocal)
  }

  /// One root instead of a root and a division.
  ///
  ///     %1 = map %0 {f = sqrt}
  ///     %2 = map %1 {f = reciprocal}   =>   %1 = map %0 {f = rsqrt}
  private static let nameReciprocalRoot = Rule("name-reciprocal-root", on: [.map]) { site in
    site.result.argument(of: .reciprocal)?.argument(of: .sqrt).map { $0.map(.rsqrt) }
  }

  /// Elementwise operations do not see the shape; a reshape after them can meet others.
  ///
  ///     %1 = reshape %0 {shape = [6]}
  ///     %2 = map %1 {f = exp}           =>   %1 = map %0 {f = exp}
  ///                                          %2 = reshape %1 {shape = [6]}
  private static let moveReshapeBelow = Rule("move-reshape-below", on: [.map, .zip, .select]) {
    site in
    let sources = site.operands.map { $0.asReshaped }
    guard let shape = sources.compactMap({ $0?.shape }).first else { return nil }
    var operands: [Tensor] = []
    for (operand, source) in zip(site.operands, sources) {
      if let source, source.shape == shape {
        operands.append(source)
      } else if let value = operand.constantValue {
        operands.append(site.builder.constant(value, shape))
      } else {
        return nil
      }
    }
    return site.builder.emit(site.result.op, operands).reshape(site.result.shape)
  }

  /// Computes once what is repeated.
  ///
  ///     %1 = broadcast %0 {shape = [64, 10], axes = [1]}
  ///     %2 = map %1 {f = exp}                              =>   %1 = map %0 {f = exp}
  ///                                                             %2 = broadcast %1 {shape = [64, 10], axes = [1]}
  ///
  /// With several operands, all must be broadcasts; those of fewer axes are first repeated along
  /// the others'.
  private static let moveBroadcastBelow = Rule("move-broadcast-below", on: [.map, .zip, .select]) {
    site in
    let shape = site.result.shape
    var axes: Set<Int> = []
    for operand in site.operands where operand.constantValue == nil {
      guard let (broadcast, _) = operand.asBroadcast else { return nil }
      axes.formUnion(broadcast.axes)
    }
    let kept = axes.sorted()
    let small = Shape(kept.map { shape[$0] })
    guard small.count < shape.count else { return nil }
    let operands = site.operands.map { operand -> Tensor in
      if let value = operand.constantValue { return site.builder.constant(value, small) }
      guard let (broadcast, x) = operand.asBroadcast else { return operand }
      return x.broadcast(
        to: small, axes: broadcast.axes.map { axis in kept.partitioningPosition(of: axis) })
    }
    return site.builder.emit(site.result.op, operands).broadcast(to: shape, axes: kept)
  }

  /// A value made of broadcasts alone is made in its final shape, not moved there.
  ///
  ///     %2 = broadcast %0 {shape = [8, 6], axes = [0]}       %2 = broadcast %0 {shape = [6, 8], axes = [1]}
  ///     %3 = broadcast %1 {shape = [8, 6], axes = [1]}       %3 = broadcast %1 {shape = [6, 8], axes = [0]}
  ///     %4 = zip %2, %3 {f = multiply}                  =>   %4 = zip %2, %3 {f = multiply}
  ///     %5 = transpose %4 {permutation = [1, 0]}
  private static let moveShapingAboveBroadcasts = Rule(
    "move-shaping-above-broadcasts", on: [.transpose, .reshape]
  ) { site in
    let result = site.result.shape
    switch site.result.op {
    case .transpose: break
    case .reshape:
      // Only where every broadcast stays one.
      for operand in site[0].elementwiseBroadcasts ?? [] {
        guard let (broadcast, x) = operand.asBroadcast else { continue }
        if x.shape.count > 1, operand.shape.counterpart(of: broadcast.axes, in: result) == nil {
          return nil
        }
      }
    default: return nil
    }
    guard let broadcasts = site[0].elementwiseBroadcasts else { return nil }
    let operands = broadcasts.map { operand in
      operand.constantValue.map { site.builder.constant($0, result) }
        ?? site.builder.emit(site.result.op, [operand])
    }
    return site.builder.emit(site[0].op, operands)
  }

  /// Part of a batch is a view; the mask is then computed in the sweep that reads it, and is not
  /// stored.
  ///
  /// Activations stay: products read them, so the whole batch's are stored anyway.
  ///
  ///     %1 = map %0 {f = mask, c = 0.2}
  ///     %2 = slice %1 {starts = [32, 0], limits = [64, 9]}   =>   %1 = slice %0 {starts = [32, 0], limits = [64, 9]}
  ///                                                               %2 = map %1 {f = mask, c = 0.2}
  private static let moveSamplesAboveMap = Rule("move-samples-above-map", on: [.slice]) { site in
    guard case .slice(let slice) = site.result.op, case .map(let map) = site[0].op,
      map.function == .mask
    else { return nil }
    let x = site[0].operand(0)
    guard
      (1..<max(1, x.shape.rank)).allSatisfy({ slice.limits[$0] - slice.starts[$0] == x.shape[$0] })
    else { return nil }
    return x.slice(slice.starts, slice.limits).map(map.function, map.parameter.value)
  }
}

extension Tensor {
  /// The operands of an elementwise operation, where all are broadcasts or constants.
  fileprivate var elementwiseBroadcasts: [Tensor]? {
    guard op.isElementwise else { return nil }
    let operands = builder.node(id).operands.map(builder.tensor)
    return operands.allSatisfy { $0.asBroadcast != nil || $0.constantValue != nil } ? operands : nil
  }
}

extension Op {
  /// `true` iff each element of the result depends on the same element of each operand alone.
  var isElementwise: Bool { definition.instruction(reading: [0, 1, 2]) != nil }
}

extension [Int] {
  /// How many elements of an ascending list are less than `value`.
  func partitioningPosition(of value: Int) -> Int { prefix { $0 < value }.count }
}
