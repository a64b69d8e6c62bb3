import TensorIR

/// Copies of a value side by side, as rows of one more axis.
struct Rows: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "rows", signature: "rows(v, n)",
    summary: "n copies of a value as rows of one more axis: of [512] it makes [n, 512].",
    operands: 1, arguments: [FunctionArgument("n", .integer(1...4096))])

  private let count: Int

  init(_ arguments: FunctionArguments) { count = arguments.integer("n") }

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    ValueShape(hasBatch: operands[0].hasBatch, [count] + operands[0].settled.sizes)
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    let row = operands[0].settled(shapes[0])
    let lead = shapes[0].hasBatch ? 1 : 0
    let shape = Shape(row.shape.dimensions[..<lead] + [count] + row.shape.dimensions[lead...])
    return row.broadcast(to: shape, axes: shape.dimensions.indices.filter { $0 != lead })
  }
}

/// Where along an axis an element stands.
struct Places: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "places", signature: "places(v, along=channel)",
    summary:
      "The places along an axis of v, 0, 1, 2, ..., a constant that stretches over the other axes.",
    operands: 1, arguments: [FunctionArgument("along", .axis, default: [0])],
    isDifferentiable: false)

  private let axis: Int

  init(_ arguments: FunctionArguments) { axis = arguments.integer("along") }

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    let sizes = operands[0].sizes
    guard sizes.indices.contains(axis) else {
      throw FunctionFault("'places' expects an axis of its value, which is \(operands[0])")
    }
    let axes = sizes.indices.map { $0 == axis ? ValueShape.Axis(sizes[$0]) : .free }
    return ValueShape(hasBatch: false, axes: axes)
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    let sizes = shapes[0].sizes
    let builder = operands[0].builder
    // Twice as long each time: 0; 0 1; 0 1 2 3.
    var counted = builder.constant(0, [1])
    while counted.shape[0] < sizes[axis] {
      counted = concatenate([counted, counted + Double(counted.shape[0])], axis: 0)
    }
    let shape = sizes.indices.map { $0 == axis ? sizes[$0] : 1 }
    return counted.slice([0], [sizes[axis]]).reshape(Shape(shape))
  }
}
