import TensorIR

extension StableHLOBody {
  /// A scalar function of one, two or three values of one type, element by element.
  mutating func scalar(_ opcode: ScalarOpcode, _ x: [Value], _ immediate: Double) -> Value {
    switch opcode {
    case .negate: return elementwise("stablehlo.negate", x[0])
    case .abs: return elementwise("stablehlo.abs", x[0])
    case .exp: return elementwise("stablehlo.exponential", x[0])
    case .log: return elementwise("stablehlo.log", x[0])
    case .sqrt, .normRoot: return elementwise("stablehlo.sqrt", x[0])
    case .rsqrt: return elementwise("stablehlo.rsqrt", x[0])
    case .reciprocal: return elementwise("stablehlo.divide", constant(1, x[0].type), x[0])
    case .square: return elementwise("stablehlo.multiply", x[0], x[0])
    case .tanh: return elementwise("stablehlo.tanh", x[0])
    case .sigmoid: return elementwise("stablehlo.logistic", x[0])
    case .softplus: return softplus(x[0])
    case .erf:
      return emit("chlo.erf \(x[0].name) : \(x[0].type.mlir) -> \(x[0].type.mlir)", x[0].type)
    case .sign: return elementwise("stablehlo.sign", x[0])
    case .inverseNormRoot: return inverseNormRoot(x[0])
    case .wrightOmega: return wrightOmega(x[0])
    case .scale: return elementwise("stablehlo.multiply", x[0], constant(immediate, x[0].type))
    case .shift: return elementwise("stablehlo.add", x[0], constant(immediate, x[0].type))
    case .power: return elementwise("stablehlo.power", x[0], constant(immediate, x[0].type))
    case .leakyRelu:
      // Relu: zero times minus infinity were NaN.
      if immediate == 0 {
        return elementwise("stablehlo.maximum", x[0], constant(0, x[0].type))
      }
      let scaled = elementwise("stablehlo.multiply", x[0], constant(immediate, x[0].type))
      return select(isPositive(x[0]), x[0], scaled)
    case .mask:
      return select(isPositive(x[0]), constant(1, x[0].type), constant(immediate, x[0].type))
    case .add: return elementwise("stablehlo.add", x[0], x[1])
    case .subtract: return elementwise("stablehlo.subtract", x[0], x[1])
    case .multiply: return elementwise("stablehlo.multiply", x[0], x[1])
    case .divide: return elementwise("stablehlo.divide", x[0], x[1])
    case .maximum: return elementwise("stablehlo.maximum", x[0], x[1])
    case .minimum: return elementwise("stablehlo.minimum", x[0], x[1])
    case .powerOf: return elementwise("stablehlo.power", x[0], x[1])
    case .greater: return number(compare("GT", x[0], x[1]))
    case .greaterEqual: return number(compare("GE", x[0], x[1]))
    case .equal: return number(compare("EQ", x[0], x[1]))
    case .select: return select(compare("NE", x[0], constant(0, x[0].type)), x[1], x[2])
    }
  }

  private mutating func isPositive(_ x: Value) -> Value {
    compare("GT", x, constant(0, x.type))
  }

  /// 1 where the condition holds, else 0.
  private mutating func number(_ condition: Value) -> Value {
    let type = condition.type
    return emit(
      "stablehlo.convert \(condition.name) : (\(type.mlirCondition)) -> \(type.mlir)", type)
  }

  /// log(1 + eˣ) = max(x, 0) + log(1 + e^-|x|), accurate in both tails.
  private mutating func softplus(_ x: Value) -> Value {
    let away = elementwise("stablehlo.negate", elementwise("stablehlo.abs", x))
    let tail = elementwise("stablehlo.log_plus_one", elementwise("stablehlo.exponential", away))
    return elementwise(
      "stablehlo.add", elementwise("stablehlo.maximum", x, constant(0, x.type)), tail)
  }

  /// 1/√x, and 0 where x ≤ 0; the root is never asked at 0.
  private mutating func inverseNormRoot(_ x: Value) -> Value {
    let zero = constant(0, x.type)
    let isOut = compare("LE", x, zero)
    let safe = select(isOut, constant(1, x.type), x)
    return select(isOut, zero, elementwise("stablehlo.rsqrt", safe))
  }

  /// ω with ω + log ω = x: Newton's method in the form of Iacono and Boyd (2017), from their starting point, as the
  /// reference engine has it.
  private mutating func wrightOmega(_ x: Value) -> Value {
    let one = constant(1, x.type)
    let start = softplus(x)
    let ratio = elementwise(
      "stablehlo.divide", elementwise("stablehlo.log_plus_one", start),
      elementwise("stablehlo.add", start, constant(2, x.type)))
    var w = elementwise(
      "stablehlo.multiply", start, elementwise("stablehlo.subtract", one, ratio))
    let shifted = elementwise("stablehlo.add", x, one)
    for _ in 0..<4 {
      let step = elementwise(
        "stablehlo.divide", w, elementwise("stablehlo.add", w, one))
      let rest = elementwise("stablehlo.subtract", shifted, elementwise("stablehlo.log", w))
      w = elementwise("stablehlo.multiply", step, rest)
    }
    // Far below, ω is eˣ, and so is the start; infinities and NaN are what the start makes of them.
    let isRegular = both(isPositive(start), isFinite(x))
    return select(isRegular, w, start)
  }

  private mutating func isFinite(_ x: Value) -> Value {
    emit("stablehlo.is_finite \(x.name) : (\(x.type.mlir)) -> \(x.type.mlirCondition)", x.type)
  }

  private mutating func both(_ a: Value, _ b: Value) -> Value {
    emit("stablehlo.and \(a.name), \(b.name) : \(a.type.mlirCondition)", a.type)
  }
}
