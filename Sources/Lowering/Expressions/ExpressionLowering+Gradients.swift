import Autodiff
import Spec
import TensorIR

extension ExpressionLowering {
  /// The gradient by a stream, by a `let` value or by parameters; zeros where the value does not depend on them.
  func gradient(
    of value: TypedExpression, _ target: GradientTarget, _ context: ExpressionContext
  ) -> LoweredValue {
    // The target first: a let must exist before the value that is differentiated names it.
    let named: LoweredValue =
      switch target {
      case .stream(let name): .tensor(stream(name, batch: context.batchName(), context))
      case .binding(let name): binding(name, context)
      case .parameters(let networks): .parameters(parameters(of: networks))
      }
    let scalar = lower(value, context).tensor
    switch named {
    case .tensor(let tensor):
      let gradient = gradient(of: scalar, by: tensor, target, context)
      return .tensor(gradient ?? builder.constant(0, tensor.shape))
    case .parameters(let list):
      return .parameters(
        zip(list, gradients(of: scalar, withRespectTo: list)).map { tensor, gradient in
          gradient ?? builder.constant(0, tensor.shape)
        })
    }
  }

  /// The gradient by what a name stands for; of a half, with what reaches it through values that are made of the whole
  /// batch and then cut, as those of other players' networks are.
  private func gradient(
    of scalar: Tensor, by named: Tensor, _ target: GradientTarget, _ context: ExpressionContext
  ) -> Tensor? {
    func own() -> Tensor? { gradients(of: scalar, withRespectTo: [named])[0] }
    guard context.half != nil else { return own() }
    switch target {
    case .stream(let name):
      // The half is a part of the whole, so that a gradient by the whole has both.
      let whole = stream(name, batch: context.batchName(), context.full)
      guard scalar.depends(on: whole, besides: named) else { return own() }
      return gradients(of: scalar, withRespectTo: [whole])[0].map { cut($0, context) }
    case .binding(let name):
      guard let whole = bound[BoundName(name, context.full)]?.tensor,
        let gradient = gradients(of: scalar, withRespectTo: [whole])[0]
      else { return own() }
      // A value without samples is not cut.
      let rest = whole.shape == named.shape ? gradient : cut(gradient, context)
      return own().map { $0 + rest } ?? rest
    case .parameters: return own()
    }
  }
}

extension Tensor {
  /// `true` iff the value is made of `source` in a way that does not lead through `part`.
  fileprivate func depends(on source: Tensor, besides part: Tensor) -> Bool {
    var made: Set<ValueID> = [source.id]
    for index in stride(from: source.id.index + 1, through: id.index, by: 1) {
      let next = ValueID(index)
      if next != part.id, builder.node(next).operands.contains(where: made.contains) {
        made.insert(next)
      }
    }
    return made.contains(id)
  }
}
