/// A scalar function of one argument, applied to each element.
public struct Map: Operation {
  public static let mnemonic = "map"
  /// What is done to each element.
  public let function: MapFunction
  /// The slope of `leaky_relu`, the factor of `scale`; 0 where the function has none.
  public let parameter: ExactDouble

  public init(_ function: MapFunction, _ parameter: Double = 0) {
    self.function = function
    self.parameter = ExactDouble(parameter)
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    function = try reader.choice("f", of: MapFunction.self)
    parameter = ExactDouble(function.hasParameter ? try reader.number("c") : 0)
  }

  public var attributes: [Attribute] {
    [Attribute("f", .word(function.rawValue))]
      + (function.hasParameter ? [Attribute("c", .number(parameter.value))] : [])
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    return operands[0]
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    [function.derivative(x: site[0], y: site.result, dy: dy, c: parameter.value)]
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let access = ScalarProgram.Access.dense(result.shape.count)
    let step = ScalarProgram.Instruction(function.opcode, a: 0, immediate: parameter.value)
    return .elementwise(ScalarProgram(accesses: [access], instructions: [step]))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { function == .scale || function == .negate ? [0] : [] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    result.rank > 0 ? [0] : nil
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .map(self) }

  public func permuted(by order: [Int]) -> Op? { .map(self) }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? {
    .init(function.opcode, a: registers[0], immediate: parameter.value)
  }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { function.hasKink ? [site[0]] : [] }
}

/// The scalar functions of one argument: a row each here, in `opcode` and in `derivative`.
public enum MapFunction: String, Hashable, Sendable, CaseIterable {
  case negate, abs, exp, log, sqrt, rsqrt, reciprocal, square, tanh, sigmoid, softplus, erf, sign
  /// √x with derivative 0 at 0: the root of a norm. (The gradient of ‖v‖ at v = 0 is defined as 0.)
  case normRoot = "norm_root"
  /// 1/√x for x > 0, else 0: the derivative of `normRoot` up to the factor ½.
  case inverseNormRoot = "inverse_norm_root"
  /// ω with ω + log ω = x, which is Lambert's W of eˣ without its overflow. (Corless & Jeffrey 2002.)
  case wrightOmega = "wright_omega"
  case scale, shift, power
  case leakyRelu = "leaky_relu"
  /// 1 for x > 0, else c: the derivative of `leakyRelu`. Its own derivative is a symbolic zero.
  case mask

  /// `true` iff the function takes a constant c beside x.
  public var hasParameter: Bool {
    switch self {
    case .scale, .shift, .power, .leakyRelu, .mask: true
    default: false
    }
  }

  /// `true` iff the function, or its derivative, jumps at 0.
  var hasKink: Bool {
    switch self {
    case .abs, .sign, .leakyRelu, .mask: true
    case .negate, .exp, .log, .sqrt, .rsqrt, .reciprocal, .square, .tanh, .sigmoid, .softplus: false
    case .erf, .normRoot, .inverseNormRoot, .wrightOmega, .scale, .shift, .power: false
    }
  }

  /// The kernel's name for the function.
  public var opcode: ScalarOpcode {
    switch self {
    case .negate: .negate
    case .abs: .abs
    case .exp: .exp
    case .log: .log
    case .sqrt: .sqrt
    case .rsqrt: .rsqrt
    case .reciprocal: .reciprocal
    case .square: .square
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    case .softplus: .softplus
    case .erf: .erf
    case .sign: .sign
    case .normRoot: .normRoot
    case .inverseNormRoot: .inverseNormRoot
    case .wrightOmega: .wrightOmega
    case .scale: .scale
    case .shift: .shift
    case .power: .power
    case .leakyRelu: .leakyRelu
    case .mask: .mask
    }
  }

  /// `dy · f'(x)`, written through `y = f(x)` where that lets x be forgotten; nil for a derivative that is 0.
  func derivative(x: Tensor, y: Tensor, dy: Tensor, c: Double) -> Tensor? {
    switch self {
    case .sign, .mask: nil
    case .negate: -dy
    case .scale: c * dy
    case .shift: dy
    case .abs: dy * x.map(.sign)
    case .exp: dy * y
    case .log: dy * x.map(.reciprocal)
    case .sqrt: 0.5 * (dy * y.map(.reciprocal))
    case .normRoot: 0.5 * (dy * x.map(.inverseNormRoot))
    case .rsqrt, .inverseNormRoot: -0.5 * (dy * (y * y.map(.square)))
    case .reciprocal: -(dy * y.map(.square))
    case .square: 2 * (dy * x)
    case .tanh: dy * ((-y.map(.square)) + 1)
    case .sigmoid: dy * (y * ((-y) + 1))
    case .softplus: dy * x.map(.sigmoid)
    case .erf: 1.1283791670955126 * (dy * (-x.map(.square)).map(.exp))
    case .wrightOmega: dy * (y / (y + 1))
    case .power: c == 0 ? nil : c * (dy * x.map(.power, c - 1))
    // With a slope ≥ 0, y > 0 iff x > 0; asking y lets x be overwritten.
    case .leakyRelu: dy * (c >= 0 ? y : x).map(.mask, c)
    }
  }
}
