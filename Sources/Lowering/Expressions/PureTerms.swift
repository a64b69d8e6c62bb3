import Functions
import Layers
import Spec
import Syntax
import TensorIR

/// Writes terms that need nothing but their operands' values, for steps and for layers alike.
struct PureTerms {
  let builder: GraphBuilder
  /// The value of an operand.
  let lower: (TypedExpression) -> LoweredValue

  /// The value of `expression`, none of whose own terms draws, names or differentiates anything.
  func value(of expression: TypedExpression) -> LoweredValue {
    switch expression.term {
    case .number(let value): return .tensor(builder.constant(value))
    case .unary(let function, let x): return lower(x).map(function.apply)
    case .binary(let function, let a, let b): return binary(function, a, b)
    case .select(let condition, let a, let b): return select(condition, a, b)
    case .reduce(let reduction, let x, .distinct):
      return .tensor(reduction.apply(to: .tensor(lower(x).tensor.withoutDiagonal()), over: .all))
    case .reduce(let reduction, let x, let axes):
      return .tensor(reduction.apply(to: lower(x), over: axes))
    case .reduceAlong(let reduction, let x, let axes):
      return .tensor(reduce(reduction, x, along: axes, expression.type))
    case .squaredDistances(let a, let b):
      return .tensor(squaredDistances(lower(a).tensor, lower(b).tensor))
    case .dot(let a, let b, let axes): return .tensor(dot(a, b, over: axes))
    case .rearrange(let x, let places): return .tensor(places.apply(to: lower(x).tensor))
    case .shift(let x, let by, let axis, let most):
      return .tensor(shifted(lower(x).tensor, by: lower(by).tensor, axis: axis, most: most))
    case .concatenate(let list): return .tensor(concatenate(list.map { lower($0).tensor }, axis: 1))
    case .half(let x, let half): return lower(x).map { $0.half(half) }
    case .detach(let x): return lower(x).map { $0.detached() }
    case .function(let function, let operands):
      let shapes = operands.compactMap(\.type.shape)
      return .tensor(function.lower(operands.map { lower($0).tensor }, shapes))
    case .layer(let layer, let x):
      var site = LayerSite.pure(builder)
      return .tensor(layer.definition.lower([lower(x).tensor], &site))
    case .stream, .freshStream, .draw, .binding, .call, .gradient, .parameters, .subject, .loss,
      .ema, .orthogonality, .onlyWeights, .given, .stepNumber, .state:
      preconditionFailure("a term that needs more than its operands")
    }
  }

  private func binary(
    _ function: BinaryFunction, _ a: TypedExpression, _ b: TypedExpression
  ) -> LoweredValue {
    if let (x, y) = stretched([a, b]).map({ ($0[0], $0[1]) }) {
      return .tensor(function.apply((x, y)))
    }
    return lower(a).zip(lower(b)) { function.apply(align($0, $1)) }
  }

  private func select(
    _ condition: TypedExpression, _ a: TypedExpression, _ b: TypedExpression
  ) -> LoweredValue {
    if let values = stretched([condition, a, b]) {
      return .tensor(values[1].select(where: values[0], else: values[2]))
    }
    return .chosen(by: lower(condition), lower(a), else: lower(b))
  }

  private func dot(_ a: TypedExpression, _ b: TypedExpression, over axes: Axes) -> Tensor {
    if let values = stretched([a, b]) {
      return Reduction.sum.apply(to: .tensor(values[0] * values[1]), over: axes)
    }
    return Lowering.dot(lower(a), lower(b), over: axes)
  }

  private func reduce(
    _ reduction: Reduction, _ x: TypedExpression, along axes: NamedAxes, _ type: ValueType
  ) -> Tensor {
    guard let shape = x.type.shape, let result = type.shape else {
      preconditionFailure("the checker let \(x.type) pass where axes are named")
    }
    let value = lower(x).tensor
    let first = shape.hasBatch ? 1 : 0
    let reduced = reduction.apply(
      to: value, over: (axes.batch ? [0] : []) + axes.places.map { $0 + first })
    return reduced.reshape(Shape((result.hasBatch ? [value.shape[0]] : []) + result.sizes))
  }

  /// The operands brought to their common shape, where one of them has axes that stretch or no batch; nil where the
  /// rules of numbers and samples suffice.
  private func stretched(_ operands: [TypedExpression]) -> [Tensor]? {
    let isTensor = operands.contains { if case .tensor = $0.type { true } else { false } }
    guard isTensor else { return nil }
    let shapes = operands.compactMap(\.type.shape)
    let common = shapes.dropFirst().reduce(shapes.first) { common, shape in
      common.flatMap { ValueShape.aligned($0, shape) }
    }
    guard let common, shapes.count == operands.count else {
      preconditionFailure("the checker let shapes pass that do not align")
    }
    let values = operands.map { lower($0).tensor }
    let batch = zip(values, shapes).first { $0.1.hasBatch }?.0.shape[0]
    let target = Shape((common.hasBatch ? [batch ?? 1] : []) + common.sizes)
    return zip(values, shapes).map { $0.stretched(from: $1, to: common, target) }
  }
}

extension Tensor {
  /// Samples [0, N/2) for 1, [N/2, N) for 2; an odd N, which packs may have where their batch is even, is a fault.
  func half(_ half: Int) -> Tensor {
    let count = shape[0]
    if !count.isMultiple(of: 2) {
      builder.note(
        fault:
          "'half=' cuts a batch in two, but here it has \(count) samples or packs, which is odd",
        hint:
          "use a batch in which, or in whose halves where a term takes them, their number is even"
      )
    }
    // Two halves of one size whatever the fault, so that they meet.
    let size = Swift.max(1, count / 2)
    var starts = [Int](repeating: 0, count: shape.rank)
    var limits = shape.dimensions
    if half == 1 { limits[0] = size } else { starts[0] = count - size }
    return slice(starts, limits)
  }

  /// The value repeated along the axes that it lacks or that stretch.
  fileprivate func stretched(
    from shape: ValueShape, to common: ValueShape, _ target: Shape
  ) -> Tensor {
    if self.shape == target { return self }
    let settled = shape.isOneNumberPerSample ? ValueShape(hasBatch: true, []) : shape.settled
    let own = Shape((shape.hasBatch ? [self.shape[0]] : []) + settled.sizes)
    let first = common.hasBatch ? 1 : 0
    let places =
      shape.isOneNumberPerSample ? [] : shape.axes.indices.filter { !shape.axes[$0].isFree }
    return reshape(own).broadcast(
      to: target, axes: (shape.hasBatch ? [0] : []) + places.map { $0 + first })
  }
}
