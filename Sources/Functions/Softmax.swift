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
    let x = operands[0]
    let axis = place(in: shapes[0]) + (shapes[0].hasBatch ? 1 : 0)
    let kept = (0..<x.shape.rank).filter { $0 != axis }
    func spread(_ t: Tensor) -> Tensor { t.broadcast(to: x.shape, axes: kept) }
    // The largest value cancels in the quotient, so that its derivative is no part of the result's.
    let powers = (x - spread(x.max([axis]).detached())).map(.exp)
    return powers / spread(powers.sum([axis]))
  }

  /// Negative places count from behind.
  private func place(in shape: ValueShape) -> Int { axis < 0 ? shape.axes.count + axis : axis }
}
