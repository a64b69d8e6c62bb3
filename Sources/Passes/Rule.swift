import TensorIR

/// A local identity of tensor algebra, applied from left to right.
///
/// A rule looks at one node and its operands and returns an equal value that is cheaper, or nearer
/// to a form that other rules know; nil where it does not apply. Rules may change rounding, never
/// the value in exact arithmetic of finite numbers. Infinity and NaN may get lost, as in symbolic
/// zeros of differentiation: products with 0, 0/x, x - x and the sum of what was centered are 0
/// whatever x is, and (p + q) - p is q whatever p is.
public struct Rule: Sendable {
  /// The name of its golden test and of its line in statistics.
  public let name: String
  /// The operations that it may replace; it is not tried on others.
  let roots: Set<Op.Kind>
  let apply: @Sendable (Site) -> Tensor?

  init(
    _ name: String, on roots: Set<Op.Kind> = Set(Op.Kind.allCases),
    _ apply: @escaping @Sendable (Site) -> Tensor?
  ) {
    self.name = name
    self.roots = roots
    self.apply = apply
  }

  /// Every rule, in the order in which they are tried.
  public static let all: [Rule] = [
    identities, constants, scalings, elementwise, shapes, slices, broadcasts, reductions,
    contractions,
    permutations,
  ].flatMap { $0 }
}

extension Tensor {
  /// The operation behind the handle.
  var op: Op { builder.op(id) }

  /// Operand `index` of the operation behind the handle.
  func operand(_ index: Int) -> Tensor { builder.operand(index, of: id) }

  /// The operand where the value is `function` of it.
  func argument(of function: MapFunction) -> Tensor? {
    guard case .map(let map) = op, map.function == function else { return nil }
    return operand(0)
  }

  /// c and x where the value is c·x, negation included.
  var asScaled: (factor: Double, operand: Tensor)? {
    op.scaling.map { ($0, operand(0)) }
  }

  /// Shape, axes and operand where the value is a broadcast.
  var asBroadcast: (broadcast: Broadcast, operand: Tensor)? {
    guard case .broadcast(let broadcast) = op else { return nil }
    return (broadcast, operand(0))
  }

  /// The operand where the value is a reshape of it.
  var asReshaped: Tensor? {
    guard case .reshape = op else { return nil }
    return operand(0)
  }

  /// The value times `factor`, in its shortest form.
  ///
  /// n·(1/n) misses 1 by the last bit at times, so what is that near counts as 1.
  func scaled(by factor: Double) -> Tensor {
    let isUnit = (factor.magnitude - 1).magnitude <= .ulpOfOne
    return isUnit ? (factor > 0 ? self : -self) : factor * self
  }

  /// `true` iff the value is a contraction that is linear in each of two operands: a matrix product or a convolution.
  var isProduct: Bool {
    let definition = op.definition
    return definition.isContraction && definition.linearOperands.count == 2
  }

  /// A constant of the same type.
  func constantAlike(_ value: Double) -> Tensor { builder.constant(value, shape) }
}

extension Shape {
  /// The extents other than 1.
  var squeezed: [Int] { dimensions.filter { $0 != 1 } }

  /// The axes that are not in `axes`.
  func axes(without axes: [Int]) -> [Int] { (0..<rank).filter { !axes.contains($0) } }
}

extension Op {
  /// The factor by which it multiplies its operand, where that is all it does.
  var scaling: Double? {
    guard case .map(let map) = self else { return nil }
    return switch map.function {
    case .scale: map.parameter.value
    case .negate: -1
    default: nil
    }
  }
}
