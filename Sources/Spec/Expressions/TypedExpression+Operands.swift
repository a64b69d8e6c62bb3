import Syntax

extension TypedExpression {
  /// The expressions that the term is made of, in order.
  public var operands: [TypedExpression] {
    switch term {
    case .number, .stream, .freshStream, .draw, .binding, .parameters, .subject, .loss, .given,
      .stepNumber, .state:
      []
    case .call(_, let arguments, _), .concatenate(let arguments), .function(_, let arguments):
      arguments
    case .unary(_, let operand), .reduce(_, let operand, _), .detach(let operand): [operand]
    case .gradient(let value, _), .ema(let value, _, _), .orthogonality(let value, _),
      .onlyWeights(let value),
      .rearrange(let value, _), .layer(_, let value), .half(let value, _),
      .reduceAlong(_, let value, _):
      [value]
    case .binary(_, let a, let b), .dot(let a, let b, _), .squaredDistances(let a, let b),
      .shift(let a, let b, _, _):
      [a, b]
    case .select(let condition, let a, let b): [condition, a, b]
    }
  }
}
