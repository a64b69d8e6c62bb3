import TensorIR

extension ONNXWriter {
  /// A scalar function of one, two or three values, element by element; the name of what it gives.
  mutating func scalar(
    _ opcode: ScalarOpcode, _ x: [String], _ immediate: Double, _ element: ElementType
  ) -> String {
    switch opcode {
    case .negate: return emit("Neg", x)
    case .abs: return emit("Abs", x)
    case .exp: return emit("Exp", x)
    case .log: return emit("Log", x)
    case .sqrt, .normRoot: return emit("Sqrt", x)
    case .rsqrt: return emit("Reciprocal", [emit("Sqrt", x)])
    case .reciprocal: return emit("Reciprocal", x)
    case .square: return emit("Mul", [x[0], x[0]])
    case .tanh: return emit("Tanh", x)
    case .sigmoid: return emit("Sigmoid", x)
    case .softplus: return softplus(x[0])
    case .erf: return emit("Erf", x)
    case .sign: return emit("Sign", x)
    case .inverseNormRoot: return inverseNormRoot(x[0])
    case .wrightOmega: return wrightOmega(x[0])
    case .scale: return emit("Mul", [x[0], number(immediate)])
    case .shift: return emit("Add", [x[0], number(immediate)])
    case .power: return emit("Pow", [x[0], number(immediate)])
    case .leakyRelu:
      if immediate == 0 { return emit("Relu", x) }
      // The attribute is of single precision.
      guard element == .float64 else {
        return emit("LeakyRelu", x, [("alpha", .float(immediate))])
      }
      let isPositive = emit("Greater", [x[0], number(0)])
      return emit("Where", [isPositive, x[0], emit("Mul", [x[0], number(immediate)])])
    case .mask:
      let isPositive = emit("Greater", [x[0], number(0)])
      return emit("Where", [isPositive, number(1), number(immediate)])
    case .add: return emit("Add", x)
    case .subtract: return emit("Sub", x)
    case .multiply: return emit("Mul", x)
    case .divide: return emit("Div", x)
    case .maximum: return emit("Max", x)
    case .minimum: return emit("Min", x)
    case .powerOf: return emit("Pow", x)
    case .greater: return flag("Greater", x, element)
    case .greaterEqual: return flag("GreaterOrEqual", x, element)
    case .equal: return flag("Equal", x, element)
    case .select:
      let isZero = emit("Equal", [x[0], number(0)])
      return emit("Where", [isZero, x[2], x[1]])
    }
  }

  /// 1 where the condition holds, else 0.
  private mutating func flag(_ type: String, _ x: [String], _ element: ElementType) -> String {
    emit("Cast", [emit(type, x)], [("to", .integer(element.onnxType))])
  }

  /// log(1 + eˣ) = max(x, 0) + log(1 + e^-|x|), accurate where the sum is.
  private mutating func softplus(_ x: String) -> String {
    let tail = emit("Exp", [emit("Neg", [emit("Abs", [x])])])
    return emit("Add", [emit("Relu", [x]), emit("Log", [emit("Add", [tail, number(1)])])])
  }

  /// 1/√x, and 0 where x ≤ 0; the root is never asked at 0.
  private mutating func inverseNormRoot(_ x: String) -> String {
    let isOut = emit("LessOrEqual", [x, number(0)])
    let safe = emit("Where", [isOut, number(1), x])
    return emit("Where", [isOut, number(0), emit("Reciprocal", [emit("Sqrt", [safe])])])
  }

  /// ω with ω + log ω = x: Newton's method in the form of Iacono and Boyd (2017), as the reference engine has it.
  private mutating func wrightOmega(_ x: String) -> String {
    let start = softplus(x)
    let ratio = emit(
      "Div",
      [emit("Log", [emit("Add", [start, number(1)])]), emit("Add", [start, number(2)])])
    var w = emit("Mul", [start, emit("Sub", [number(1), ratio])])
    let shifted = emit("Add", [x, number(1)])
    for _ in 0..<4 {
      let step = emit("Div", [w, emit("Add", [w, number(1)])])
      w = emit("Mul", [step, emit("Sub", [shifted, emit("Log", [w])])])
    }
    // Far below, ω is eˣ, and so is the start; infinities and NaN are what the start makes of them.
    let isSmall = emit("Less", [start, number(1e-7)])
    let isInfinite = emit("IsInf", [start])
    return emit("Where", [emit("Or", [isSmall, isInfinite]), start, w])
  }
}
