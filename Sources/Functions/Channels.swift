import TensorIR

/// A vector as one number per channel, to meet images.
struct Channels: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "channels", signature: "channels(v)",
    summary:
      "A vector as one number per channel: it stretches over the positions of what it meets.",
    operands: 1, arguments: [])

  init(_ arguments: FunctionArguments) {}

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    let vector = operands[0].settled
    guard vector.axes.count == 1 else {
      throw FunctionFault("'channels' expects a vector, found \(operands[0])", operand: 0)
    }
    return ValueShape(hasBatch: vector.hasBatch, axes: vector.axes, isOpen: true)
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    operands[0].reshape(shapes[0].settled.tensorShape(like: operands[0], shapes[0]))
  }
}

extension ValueShape {
  /// The shape of a tensor of this type that has the batch of `tensor`, whose type is `shape`.
  func tensorShape(like tensor: Tensor, _ shape: ValueShape) -> Shape {
    Shape((shape.hasBatch ? [tensor.shape[0]] : []) + sizes)
  }
}

extension Tensor {
  /// The tensor, of the given shape, without its free axes.
  func settled(_ shape: ValueShape) -> Tensor {
    reshape(shape.settled.tensorShape(like: self, shape))
  }
}
