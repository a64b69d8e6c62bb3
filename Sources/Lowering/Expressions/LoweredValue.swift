import TensorIR

/// The value of an expression in a graph.
enum LoweredValue {
  case tensor(Tensor)
  /// One tensor for each of the networks' parameters, in their order.
  case parameters([Tensor])

  /// The single tensor.
  var tensor: Tensor {
    guard case .tensor(let tensor) = self else {
      preconditionFailure("the checker let a params value pass where a tensor is needed")
    }
    return tensor
  }

  /// The tensors, one or many.
  var tensors: [Tensor] {
    switch self {
    case .tensor(let tensor): [tensor]
    case .parameters(let tensors): tensors
    }
  }

  func map(_ transform: (Tensor) -> Tensor) -> LoweredValue {
    switch self {
    case .tensor(let tensor): .tensor(transform(tensor))
    case .parameters(let tensors): .parameters(tensors.map(transform))
    }
  }

  /// Pairs tensors of two values; a single one meets each of a list.
  func zip(_ other: LoweredValue, _ combine: (Tensor, Tensor) -> Tensor) -> LoweredValue {
    switch (self, other) {
    case (.tensor(let a), .tensor(let b)): .tensor(combine(a, b))
    case (.tensor(let a), .parameters(let list)): .parameters(list.map { combine(a, $0) })
    case (.parameters(let list), .tensor(let b)): .parameters(list.map { combine($0, b) })
    case (.parameters(let a), .parameters(let b)): .parameters(Swift.zip(a, b).map(combine))
    }
  }

  /// `where(condition, a, b)`, tensor by tensor where one of them is a list; a single one meets each of a list.
  static func chosen(
    by condition: LoweredValue, _ a: LoweredValue, else b: LoweredValue
  ) -> LoweredValue {
    let values = [condition, a, b]
    let counts = values.compactMap { value -> Int? in
      if case .parameters(let list) = value { list.count } else { nil }
    }
    guard let count = counts.first else {
      return .tensor(select(condition.tensor, a.tensor, b.tensor))
    }
    return .parameters(
      (0..<count).map { place in
        let tensors = values.map { value -> Tensor in
          if case .parameters(let list) = value { list[place] } else { value.tensor }
        }
        return select(tensors[0], tensors[1], tensors[2])
      })
  }
}

extension Tensor {
  /// The number times `factor`, another number, which may be known before the run.
  func scaled(by factor: Tensor) -> Tensor {
    factor.constantValue.map { $0 * self } ?? factor * self
  }
}

/// Brings two values to one shape by the only two rules that the language has: a scalar meets anything, and one
/// number per sample meets any per-sample value.
func align(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
  if a.shape == b.shape { return (a, b) }
  if a.shape.rank == 0 { return (a.broadcast(to: b.shape), b) }
  if b.shape.rank == 0 { return (a, b.broadcast(to: a.shape)) }
  let samples: Shape = [a.shape[0]]
  // An image of one pixel has one number per sample too, but stays an image.
  func isNumber(_ v: Tensor) -> Bool { v.shape.rank <= 2 && v.shape.count == samples.count }
  if isNumber(a), isNumber(b) { return (a.reshape(samples), b.reshape(samples)) }
  func spread(_ v: Tensor, _ shape: Shape) -> Tensor {
    v.reshape(samples).broadcast(to: shape, axes: [0])
  }
  return isNumber(a) ? (spread(a, b.shape), b) : (a, spread(b, a.shape))
}
