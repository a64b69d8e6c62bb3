import Spec
import Syntax
import TensorIR

extension UnaryFunction {
  func apply(_ x: Tensor) -> Tensor {
    switch self {
    case .negate: -x
    case .abs: x.map(.abs)
    case .exp: x.map(.exp)
    case .log: x.map(.log)
    case .sqrt: x.map(.sqrt)
    case .rsqrt: x.map(.rsqrt)
    case .square: x.map(.square)
    case .tanh: x.map(.tanh)
    case .sigmoid: x.map(.sigmoid)
    case .softplus: x.map(.softplus)
    case .relu: x.map(.leakyRelu, 0)
    case .sign: x.map(.sign)
    case .reciprocal: x.map(.reciprocal)
    case .wrightOmega: x.map(.wrightOmega)
    }
  }
}

extension BinaryFunction {
  /// The function of two values of one shape.
  func apply(_ operands: (Tensor, Tensor)) -> Tensor {
    let (a, b) = operands
    switch self {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide: return a / b
    case .power: return power(a, b)
    case .min: return a.zip(.minimum, b)
    case .max: return a.zip(.maximum, b)
    case .less: return b.zip(.greater, a)
    case .lessOrEqual: return b.zip(.greaterEqual, a)
    case .greater: return a.zip(.greater, b)
    case .greaterOrEqual: return a.zip(.greaterEqual, b)
    case .equal: return a.zip(.equal, b)
    case .notEqual: return a.zip(.equal, b).map(.scale, -1) + 1
    }
  }

  /// A power with a constant exponent, whose derivative exists for every base.
  private func power(_ base: Tensor, _ exponent: Tensor) -> Tensor {
    guard let number = exponent.repeatedConstant else {
      preconditionFailure("the checker let an exponent pass that is no number")
    }
    return base.map(.power, number)
  }
}

extension Tensor {
  /// The number that the tensor repeats, seen through broadcasts.
  var repeatedConstant: Double? {
    if let value = constantValue { return value }
    let node = builder.node(id)
    guard case .broadcast = node.op else { return nil }
    return builder.tensor(node.operands[0]).repeatedConstant
  }
}

/// `where(condition, a, b)` with all three brought to one shape.
func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  let (x, y) = align(a, b)
  let (c, first) = align(condition, x)
  let (_, second) = align(condition, y)
  return first.select(where: c, else: second)
}

extension Axes {
  /// The axes of a value to reduce; `channel` keeps batch and channel.
  func axes(of shape: Shape) -> [Int] {
    switch self {
    case .all, .distinct: Array(0..<shape.rank)
    case .sample: Array(1..<max(1, shape.rank))
    case .channel: Array(2..<max(2, shape.rank))
    }
  }
}

extension Reduction {
  /// The reduction of one tensor, or of all tensors of a params value together.
  func apply(to value: LoweredValue, over axes: Axes) -> Tensor {
    let tensors = value.tensors
    if case .parameters = value {
      switch self {
      case .sumsq: return total(tensors.map { $0.map(.square).sum() })
      case .norm: return total(tensors.map { $0.map(.square).sum() }).map(.normRoot)
      case .sum: return total(tensors.map { $0.sum() })
      case .mean:
        return (1 / Double(tensors.map(\.shape.count).reduce(0, +)))
          * total(tensors.map { $0.sum() })
      default: preconditionFailure("the checker let '\(rawValue)' of params pass")
      }
    }
    return apply(to: tensors[0], over: axes.axes(of: tensors[0].shape))
  }

  private func total(_ parts: [Tensor]) -> Tensor { parts.dropFirst().reduce(parts[0], +) }

  /// The reduction of a tensor over the axes, which disappear.
  func apply(to x: Tensor, over axes: [Int]) -> Tensor {
    let count = Double(axes.map { x.shape[$0] }.reduce(1, *))
    let kept = (0..<x.shape.rank).filter { !axes.contains($0) }
    func spread(_ t: Tensor) -> Tensor { t.broadcast(to: x.shape, axes: kept) }
    switch self {
    case .sum: return x.sum(axes)
    case .mean: return count == 1 ? x.sum(axes) : (1 / count) * x.sum(axes)
    case .max: return x.max(axes)
    case .min: return -((-x).max(axes))
    case .sumsq: return x.map(.square).sum(axes)
    case .norm: return x.map(.square).sum(axes).map(.normRoot)
    case .var:
      let centered = x - spread((1 / count) * x.sum(axes))
      return (1 / count) * centered.map(.square).sum(axes)
    case .logsumexp:
      let shift = x.max(axes).detached()
      return (x - spread(shift)).map(.exp).sum(axes).map(.log) + shift
    }
  }
}

/// Σ a·b over the axes, or over all elements of all tensors of two params values.
func dot(_ a: LoweredValue, _ b: LoweredValue, over axes: Axes) -> Tensor {
  let products = a.zip(b) { x, y in
    let (x, y) = align(x, y)
    return x * y
  }
  return Reduction.sum.apply(to: products, over: axes)
}
