import TensorIR

extension Rule {
  /// What is known before the graph runs.
  static let constants: [Rule] = [
    foldMap, foldZip, foldSelect, foldReduce, foldShaping, multiplyByZero, contractZero,
  ]

  /// A function of a constant.
  ///
  ///     %0 = constant {value = 4.0, ...}
  ///     %1 = map %0 {f = sqrt}             =>   %0 = constant {value = 2.0, ...}
  private static let foldMap = Rule("fold-map", on: [.map]) { site in
    guard case .map(let map) = site.result.op, let x = site[0].constantValue,
      let value = map.function.value(x, map.parameter.value)
    else { return nil }
    return site.result.constantAlike(value)
  }

  /// A function of two constants.
  ///
  ///     %2 = zip %0, %1 {f = add}   =>   %2 = constant {value = 5.0, ...}
  private static let foldZip = Rule("fold-zip", on: [.zip]) { site in
    guard case .zip(let zip) = site.result.op, let a = site[0].constantValue,
      let b = site[1].constantValue, let value = zip.function.value(a, b)
    else { return nil }
    return site.result.constantAlike(value)
  }

  /// A choice that is known, or that does not matter.
  ///
  ///     %3 = select %0, %1, %1   =>   %1
  private static let foldSelect = Rule("fold-select", on: [.select]) { site in
    guard case .select = site.result.op else { return nil }
    if site[1].id == site[2].id { return site[1] }
    return site[0].constantValue.map { $0 != 0 ? site[1] : site[2] }
  }

  /// A reduction of a repeated number.
  ///
  ///     %0 = constant {value = 2.0, shape = [3]}
  ///     %1 = reduce %0 {kind = sum, axes = [0]}    =>   %1 = constant {value = 6.0, shape = []}
  private static let foldReduce = Rule("fold-reduce", on: [.reduce]) { site in
    guard case .reduce(let reduce) = site.result.op, let x = site[0].constantValue else {
      return nil
    }
    let count = site[0].shape.count / site.result.shape.count
    return site.result.constantAlike(reduce.kind == .sum ? x * Double(count) : x)
  }

  /// A repeated number under another shape.
  ///
  ///     %0 = constant {value = 2.0, shape = [3]}
  ///     %1 = broadcast %0 {shape = [4, 3], axes = [1]}   =>   %1 = constant {value = 2.0, shape = [4, 3]}
  private static let foldShaping = Rule(
    "fold-shaping", on: [.reshape, .transpose, .broadcast, .slice, .pad, .concatenate]
  ) { site in
    guard let first = site.operands.first, let value = first.constantValue else { return nil }
    switch site.result.op {
    case .reshape, .transpose, .broadcast, .slice: return site.result.constantAlike(value)
    case .pad(let pad): return value == pad.fill.value ? site.result.constantAlike(value) : nil
    case .concatenate:
      let bits = value.bitPattern
      guard site.operands.allSatisfy({ $0.constantValue?.bitPattern == bits }) else { return nil }
      return site.result.constantAlike(value)
    default: return nil
    }
  }

  /// A product with a constant 0 is 0, whatever the other factor: the value of a symbolic zero.
  ///
  ///     %1 = map %0 {f = scale, c = 0.0}   =>   %1 = constant {value = 0.0, ...}
  private static let multiplyByZero = Rule("multiply-by-zero", on: [.zip, .map]) { site in
    if site.result.asScaled?.factor == 0 { return site.result.constantAlike(0) }
    guard case .zip(let zip) = site.result.op else { return nil }
    switch zip.function {
    case .multiply where site[0].isConstant(0) || site[1].isConstant(0),
      .divide where site[0].isConstant(0):
      return site.result.constantAlike(0)
    default: return nil
    }
  }

  /// A contraction with a constant 0 is 0.
  ///
  ///     %2 = matmul %0, %1   =>   %2 = constant {value = 0.0, ...}      (%0 is 0)
  private static let contractZero = Rule("contract-zero", on: [.matmul, .convolution]) { site in
    site.operands.contains { $0.isConstant(0) } ? site.result.constantAlike(0) : nil
  }
}

extension MapFunction {
  /// The function's value where plain arithmetic gives it exactly as a kernel would; nil for
  /// transcendental ones.
  fileprivate func value(_ x: Double, _ c: Double) -> Double? {
    switch self {
    case .negate: return -x
    case .abs: return x.magnitude
    case .sqrt, .normRoot: return x.squareRoot()
    case .rsqrt: return 1 / x.squareRoot()
    case .inverseNormRoot: return x <= 0 ? 0 : 1 / x.squareRoot()
    case .reciprocal: return 1 / x
    case .square: return x * x
    case .sign: return x > 0 ? 1 : x < 0 ? -1 : x
    case .scale: return x * c
    case .shift: return x + c
    // Relu of -∞ is 0, where 0 · -∞ would be NaN.
    case .leakyRelu: return c == 0 ? (0 > x ? 0 : x) : x > 0 ? x : c * x
    case .mask: return x > 0 ? 1 : c
    case .exp: return x == 0 ? 1 : nil
    case .log: return x == 1 ? 0 : nil
    case .tanh, .erf: return x == 0 ? 0 : nil
    case .sigmoid: return x == 0 ? 0.5 : nil
    case .softplus, .power, .wrightOmega: return nil
    }
  }
}

extension ZipFunction {
  fileprivate func value(_ a: Double, _ b: Double) -> Double? {
    switch self {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide: return a / b
    case .maximum: return a.isNaN || b.isNaN ? nil : Swift.max(a, b)
    case .minimum: return a.isNaN || b.isNaN ? nil : Swift.min(a, b)
    case .power: return nil
    case .greater: return a > b ? 1 : 0
    case .greaterEqual: return a >= b ? 1 : 0
    case .equal: return a == b ? 1 : 0
    }
  }
}
