import Foundation
import TensorIR

extension ScalarProgram {
  /// Runs the instructions one after the other, each over the whole array.
  func evaluate(_ operands: [[Double]], count: Int) -> [Double] {
    let registers = registers(operands, count: count)
    return registers[registers.count - 1]
  }

  /// The values of all registers.
  func registers(_ operands: [[Double]], count: Int) -> [[Double]] {
    var registers = zip(accesses, operands).map { $0.0.expand($0.1, count: count) }
    for step in instructions { registers.append(step.evaluate(registers, count: count)) }
    return registers
  }
}

extension ScalarProgram.Access {
  /// The element that each of `count` result elements reads.
  func expand(_ values: [Double], count total: Int) -> [Double] {
    if self == .dense(total) { return values }
    return (0..<total).map { values[($0 / inner) % count] }
  }
}

extension ScalarProgram.Instruction {
  func evaluate(_ registers: [[Double]], count: Int) -> [Double] {
    let (a, i) = (registers[a], immediate.value)
    switch opcode.arity {
    case 1:
      let function = opcode.unary
      return a.map { function($0, i) }
    case 2:
      let (function, b) = (opcode.binary, registers[b])
      return (0..<count).map { function(a[$0], b[$0]) }
    default:
      let (b, c) = (registers[b], registers[c])
      return (0..<count).map { a[$0] != 0 ? b[$0] : c[$0] }
    }
  }
}

extension ScalarOpcode {
  /// The function of an opcode of one register and its immediate.
  var unary: (_ a: Double, _ i: Double) -> Double {
    switch self {
    case .negate: { a, _ in -a }
    case .abs: { a, _ in Swift.abs(a) }
    case .exp: { a, _ in Foundation.exp(a) }
    case .log: { a, _ in Foundation.log(a) }
    case .sqrt, .normRoot: { a, _ in a.squareRoot() }
    case .rsqrt: { a, _ in 1 / a.squareRoot() }
    case .inverseNormRoot: { a, _ in a <= 0 ? 0 : 1 / a.squareRoot() }
    case .reciprocal: { a, _ in 1 / a }
    case .square: { a, _ in a * a }
    case .tanh: { a, _ in Foundation.tanh(a) }
    case .sigmoid: { a, _ in referenceSigmoid(a) }
    case .softplus: { a, _ in referenceSoftplus(a) }
    case .erf: { a, _ in Foundation.erf(a) }
    case .sign: { a, _ in a > 0 ? 1 : a < 0 ? -1 : a }
    case .wrightOmega: { a, _ in referenceWrightOmega(a) }
    case .scale: { a, i in a * i }
    case .shift: { a, i in a + i }
    case .power: { a, i in pow(a, i) }
    case .leakyRelu: { a, i in referenceLeakyRelu(a, i) }
    case .mask: { a, i in a > 0 ? 1 : i }
    default: preconditionFailure("\(self) takes more than one register")
    }
  }

  /// The function of an opcode of two registers.
  ///
  /// NaN wins over any number in `maximum` and `minimum`, as in PyTorch.
  var binary: (_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: { $0 + $1 }
    case .subtract: { $0 - $1 }
    case .multiply: { $0 * $1 }
    case .divide: { $0 / $1 }
    case .maximum: larger
    case .minimum: { $0 < $1 || $0.isNaN ? $0 : $1 }
    case .powerOf: { pow($0, $1) }
    case .greater: { $0 > $1 ? 1 : 0 }
    case .greaterEqual: { $0 >= $1 ? 1 : 0 }
    case .equal: { $0 == $1 ? 1 : 0 }
    default: preconditionFailure("\(self) does not take two registers")
    }
  }
}

/// x above 0, slope·x elsewhere; a slope of 0 makes 0 of -∞, too, and leaves NaN as it is.
private func referenceLeakyRelu(_ x: Double, _ slope: Double) -> Double {
  if slope == 0 { return 0 > x ? 0 : x }
  return x > 0 ? x : slope * x
}

/// 1 / (1 + e⁻ˣ) without overflow.
private func referenceSigmoid(_ x: Double) -> Double {
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let e = exp(x)
  return e / (1 + e)
}

/// log(1 + eˣ), accurate in both tails; NaN stays NaN.
private func referenceSoftplus(_ x: Double) -> Double {
  x.isNaN ? x : max(x, 0) + log1p(exp(-abs(x)))
}

/// ω with ω + log ω = x: Newton's method in the form of Iacono and Boyd (2017), from their starting point.
private func referenceWrightOmega(_ x: Double) -> Double {
  let l = referenceSoftplus(x)
  guard l > 0, x.isFinite else { return l }
  var w = l * (1 - log1p(l) / (2 + l))
  for _ in 0..<4 { w = w / (1 + w) * (1 + x - log(w)) }
  return w
}

/// The larger of two; NaN wins over any number, as in PyTorch.
func larger<T: FloatingPoint>(_ a: T, _ b: T) -> T { a > b || a.isNaN ? a : b }
