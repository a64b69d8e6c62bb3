import TensorIR

/// x·Wᵀ along the last axis.
struct Linear: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "linear", signature: "linear(v, weight)",
    summary: "The product of the last axis of v with a matrix [out, in], as a linear layer has it.",
    operands: 2, arguments: [])

  init(_ arguments: FunctionArguments) {}

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    let (x, weight) = (operands[0].settled, operands[1].settled)
    guard !weight.hasBatch, weight.axes.count == 2 else {
      throw FunctionFault(
        "'linear' expects a matrix [out, in] as its weight, found \(operands[1])", operand: 1)
    }
    guard let last = x.axes.last, last.size == weight.sizes[1] else {
      throw FunctionFault(
        "'linear' by a matrix \(weight.sizes) expects values of \(weight.sizes[1]) numbers, found"
          + " \(operands[0])", operand: 0)
    }
    return ValueShape(hasBatch: x.hasBatch, Array(x.sizes.dropLast()) + [weight.sizes[0]])
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    let (x, weight) = (operands[0].settled(shapes[0]), operands[1].settled(shapes[1]))
    let (out, inner) = (weight.shape[0], weight.shape[1])
    let rows = x.reshape([x.shape.count / inner, inner])
    let y = rows.matmul(weight, transposeB: true)
    return y.reshape(Shape(Array(x.shape.dimensions.dropLast()) + [out]))
  }
}
