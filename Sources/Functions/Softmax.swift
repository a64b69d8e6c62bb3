import TensorIR

/// exp(v) divided by its sum along one axis.
struct Softmax: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "softmax", signature: "softmax(v, along=last)",
    summary: "exp(v)/sum(exp(v)) along an axis, without overflow.",
    operands: 1, arguments: [FunctionArgument("along", .axis, default: [-1])])

  private let axis: Int

  init(_ arguments: FunctionArguments) { axis = arguments.integer("along") }

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    guard operands[0].axes.indices.contains(place(in: operands[0])) else {
      throw FunctionFault(
        "'softmax' expects values with that axis, found \(operands[0])", operand: 0)
    }
    return operands[0]
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    operands[0].softmax(place(in: shapes[0]) + (shapes[0].hasBatch ? 1 : 0))
  }

  /// Negative places count from behind.
  private func place(in shape: ValueShape) -> Int { axis < 0 ? shape.axes.count + axis : axis }
}
