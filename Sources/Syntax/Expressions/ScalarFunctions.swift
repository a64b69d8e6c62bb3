import Foundation

public enum UnaryFunction: String, Hashable, Sendable, CaseIterable {
  case negate, abs, exp, log, sqrt, rsqrt, square, tanh, sigmoid, softplus, relu, sign, reciprocal
  /// ω(x) = W(eˣ), the root of ω + log ω = x; ω' = ω/(1 + ω). (Corless and Jeffrey 2002.)
  case wrightOmega = "wright_omega"
}

public enum BinaryFunction: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, power, min, max
  case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
}

extension UnaryFunction {
  /// The function of one real number; NaN outside its domain.
  public func evaluate(_ x: Double) -> Double {
    switch self {
    case .negate: -x
    case .abs: Swift.abs(x)
    case .exp: Foundation.exp(x)
    case .log: Foundation.log(x)
    case .sqrt: x.squareRoot()
    case .rsqrt: 1 / x.squareRoot()
    case .square: x * x
    case .tanh: Foundation.tanh(x)
    case .sigmoid: 1 / (1 + Foundation.exp(-x))
    case .softplus: Swift.max(x, 0) + log1p(Foundation.exp(-Swift.abs(x)))
    case .relu: x > 0 ? x : 0
    case .sign: x > 0 ? 1 : (x < 0 ? -1 : 0)
    case .reciprocal: 1 / x
    case .wrightOmega: omegaRoot(x)
    }
  }

  /// `true` iff the derivative is not 0 everywhere.
  public var isDifferentiable: Bool { self != .sign }
}

/// The root ω > 0 of ω + log ω = x, by Newton's method, which converges from any positive start below it.
private func omegaRoot(_ x: Double) -> Double {
  // Here ω = eˣ(1 − eˣ + ...) rounds to its first term.
  guard x > -40 else { return Foundation.exp(x) }
  var omega = x > 1 ? Swift.max(1, x - Foundation.log(x)) : Foundation.exp(Swift.min(x, 0)) / 2
  for _ in 0..<50 {
    let next = omega * (1 + x - Foundation.log(omega)) / (1 + omega)
    if Swift.abs(next - omega) <= 1e-16 * omega { return next }
    omega = next
  }
  return omega
}

extension BinaryFunction {
  /// The function of two real numbers; a comparison gives 1 or 0.
  public func evaluate(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: pow(a, b)
    case .min: Swift.min(a, b)
    case .max: Swift.max(a, b)
    case .less: a < b ? 1 : 0
    case .lessOrEqual: a <= b ? 1 : 0
    case .greater: a > b ? 1 : 0
    case .greaterOrEqual: a >= b ? 1 : 0
    case .equal: a == b ? 1 : 0
    case .notEqual: a != b ? 1 : 0
    }
  }

  /// `true` iff the derivative is not 0 everywhere.
  public var isDifferentiable: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide, .power, .min, .max: true
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: false
    }
  }
}
