import TensorIR

/// The product of matrices, one for each sample or one for all of them.
struct MatrixProduct: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "matmul", signature: "matmul(a, b)",
    summary:
      "The product of matrices [..., m, k] and [..., k, n]; axes before these are alike, and either"
      + " may be one for all samples.", operands: 2, arguments: [])

  init(_ arguments: FunctionArguments) {}

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    let (a, b) = (operands[0].settled, operands[1].settled)
    for (index, shape) in [a, b].enumerated() where shape.axes.count < 2 {
      throw FunctionFault(
        "'matmul' expects matrices, found \(operands[index])", operand: index)
    }
    let rank = a.axes.count
    guard b.axes.count == rank, a.sizes.dropLast(2) == b.sizes.dropLast(2) else {
      throw FunctionFault(
        "'matmul' of \(operands[0]) expects the same axes before the last two, found \(operands[1])",
        operand: 1)
    }
    guard a.sizes[rank - 1] == b.sizes[rank - 2] else {
      throw FunctionFault(
        "'matmul' of \(operands[0]) expects \(a.sizes[rank - 1]) rows, found \(operands[1])",
        hint: "transpose(v) exchanges the last two axes", operand: 1)
    }
    return ValueShape(
      hasBatch: a.hasBatch || b.hasBatch, Array(a.sizes.dropLast()) + [b.sizes[rank - 1]])
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    let (a, b) = (operands[0].settled(shapes[0]), operands[1].settled(shapes[1]))
    guard shapes[0].hasBatch != shapes[1].hasBatch else { return a.matmul(b) }
    if shapes[0].hasBatch, b.shape.rank == 2 {
      // The rows of all samples are the rows of one matrix.
      let rows = a.reshape([a.shape[0] * a.shape[1], a.shape[2]]).matmul(b)
      return rows.reshape([a.shape[0], a.shape[1], b.shape[1]])
    }
    let samples = shapes[0].hasBatch ? a.shape[0] : b.shape[0]
    return a.repeated(samples, unless: shapes[0].hasBatch)
      .matmul(b.repeated(samples, unless: shapes[1].hasBatch))
  }
}

extension Tensor {
  /// The tensor once for each sample, unless it has samples.
  fileprivate func repeated(_ samples: Int, unless hasBatch: Bool) -> Tensor {
    guard !hasBatch else { return self }
    let axes = Array(1...shape.rank)
    return broadcast(to: Shape([samples] + shape.dimensions), axes: axes)
  }
}
