import TensorIR

/// The same elements in another shape.
struct Reshaped: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "reshape", signature: "reshape(v, [sizes])",
    summary: "The elements of each sample, in order, in another shape.",
    operands: 1, arguments: [FunctionArgument("sizes", .integers(1...(1 << 31)))])

  private let sizes: [Int]

  init(_ arguments: FunctionArguments) { sizes = arguments.integers("sizes") }

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    let given = operands[0].sizes
    // Products of Doubles do not overflow, and are exact as far as sizes are legal.
    guard given.reduce(1, { $0 * Double($1) }) == sizes.reduce(1, { $0 * Double($1) }) else {
      throw FunctionFault(
        "'reshape' to \(sizes) changes the number of elements of \(operands[0])", operand: 0)
    }
    return ValueShape(hasBatch: operands[0].hasBatch, sizes)
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    operands[0].reshape(
      ValueShape(hasBatch: shapes[0].hasBatch, sizes).tensorShape(like: operands[0], shapes[0]))
  }
}

/// The same elements in the shape of another value.
struct ReshapedAs: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "reshape_as", signature: "reshape_as(v, other)",
    summary: "The elements of each sample, in order, in the shape of another value's samples.",
    operands: 2, arguments: [])

  init(_ arguments: FunctionArguments) {}

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    let call = Reshaped(FunctionArguments(["sizes": operands[1].sizes.map { Double($0) }]))
    return try call.resultShape([operands[0]])
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    operands[0].reshape(
      ValueShape(hasBatch: shapes[0].hasBatch, shapes[1].sizes)
        .tensorShape(like: operands[0], shapes[0]))
  }
}

/// The axes of a sample in another order.
struct Permuted: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "permute", signature: "permute(v, [axes])",
    summary: "The axes of each sample in another order, by their places, counted from 0.",
    operands: 1, arguments: [FunctionArgument("axes", .integers(0...16))])

  private let order: [Int]

  init(_ arguments: FunctionArguments) { order = arguments.integers("axes") }

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    guard order.sorted() == Array(operands[0].axes.indices) else {
      throw FunctionFault(
        "'permute' expects each axis of \(operands[0]) once, found \(order)", operand: 0)
    }
    return ValueShape(hasBatch: operands[0].hasBatch, axes: order.map { operands[0].axes[$0] })
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    operands[0].transpose(shapes[0].hasBatch ? [0] + order.map { $0 + 1 } : order)
  }
}

/// The last two axes exchanged.
struct Transposed: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "transpose", signature: "transpose(v)",
    summary: "The last two axes exchanged.", operands: 1, arguments: [])

  init(_ arguments: FunctionArguments) {}

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    var result = operands[0]
    let rank = result.axes.count
    guard rank >= 2, !result.isOpen else {
      throw FunctionFault("'transpose' expects two axes, found \(operands[0])", operand: 0)
    }
    result.axes.swapAt(rank - 2, rank - 1)
    return result
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    let rank = operands[0].shape.rank
    var order = Array(0..<rank)
    order.swapAt(rank - 2, rank - 1)
    return operands[0].transpose(order)
  }
}
