import TensorIR

extension Rule {
  /// Operations that do nothing.
  static let identities: [Rule] = [
    removeIdentity, removeNeutralMap, removeNeutralZip, removeNeutralShaping,
  ]

  /// Differentiation is over: marks and `stop_gradient` have no meaning left.
  ///
  ///     %1 = identity %0 {mark = 3}   =>   %0
  private static let removeIdentity = Rule("remove-identity", on: [.identity]) { site in
    if case .identity = site.result.op, !site.result.op.isMoved { site[0] } else { nil }
  }

  /// A map whose constant makes it the identity.
  ///
  ///     %1 = map %0 {f = scale, c = 1.0}   =>   %0
  private static let removeNeutralMap = Rule("remove-neutral-map", on: [.map]) { site in
    guard case .map(let map) = site.result.op else { return nil }
    let neutral: Double? =
      switch map.function {
      case .scale, .power, .leakyRelu: 1
      case .shift: 0
      default: nil
      }
    return map.parameter.value == neutral ? site[0] : nil
  }

  /// Addition of 0, multiplication by 1.
  ///
  ///     %1 = constant {value = 0.0, ...}
  ///     %2 = zip %0, %1 {f = add}          =>   %0
  private static let removeNeutralZip = Rule("remove-neutral-zip", on: [.zip]) { site in
    guard case .zip(let zip) = site.result.op else { return nil }
    switch zip.function {
    case .add: return site[1].isConstant(0) ? site[0] : site[0].isConstant(0) ? site[1] : nil
    case .multiply: return site[1].isConstant(1) ? site[0] : site[0].isConstant(1) ? site[1] : nil
    case .subtract: return site[1].isConstant(0) ? site[0] : nil
    case .divide, .power: return site[1].isConstant(1) ? site[0] : nil
    case .maximum, .minimum: return site[0].id == site[1].id ? site[0] : nil
    default: return nil
    }
  }

  /// Shape operations that keep every element where it is.
  ///
  ///     %1 = transpose %0 {permutation = [0, 1]}   =>   %0
  private static let removeNeutralShaping = Rule(
    "remove-neutral-shaping",
    on: [.reshape, .broadcast, .slice, .pad, .transpose, .concatenate, .reduce]
  ) { site in
    switch site.result.op {
    case .reshape, .broadcast, .slice, .pad:
      return site[0].shape == site.result.shape ? site[0] : nil
    case .transpose(let transpose):
      return transpose.permutation == Array(0..<site[0].shape.rank) ? site[0] : nil
    case .concatenate:
      return site.operands.count == 1 ? site[0] : nil
    case .reduce(let reduce):
      return reduce.axes.isEmpty ? site[0] : nil
    default:
      return nil
    }
  }
}
