import TensorIR

extension ONNXWriter {
  mutating func product(
    _ matmul: MatMul, _ a: Value, _ b: Value, _ type: TensorType
  ) throws(ONNXObstacle) -> Value {
    let rank = type.shape.rank
    let a = try whole(a, along: [matmul.innerAxisOfA(a.shape)])
    let b = try whole(b, along: [matmul.innerAxisOfB(b.shape)])
    let rows = matmul.outerAxisOfA(a.shape)
    let columns = matmul.outerAxisOfB(b.shape)
    var held = (0..<(rank - 2)).map { max(a.held[$0], b.held[$0]) }
    held += [a.held[rows], b.held[columns]]
    var factors: [SampleFactor] = []
    for (x, outer, target) in [(a, rows, rank - 2), (b, columns, rank - 1)] {
      guard let factor = x.factor else { continue }
      guard factor.axis < rank - 2 || factor.axis == outer else {
        throw .batch("a product sums over samples")
      }
      factors.append(factor.axis == outer ? factor.moved(to: target) : factor)
    }
    guard Set(factors).count < 2 else { throw .batch("a product pairs samples") }
    if let factor = factors.first, factor.axis < rank - 2 {
      for x in [a, b] where x.factor == nil && x.held[factor.axis] != 1 {
        throw .batch("samples meet values of other samples")
      }
    }
    return Value(name: emit(matmul, a, b), type: type, held: held, factor: factors.first)
  }

  private mutating func emit(_ matmul: MatMul, _ a: Value, _ b: Value) -> String {
    if a.shape.rank == 2, matmul.transposeA || matmul.transposeB {
      return emit(
        "Gemm", [a.name, b.name],
        [
          ("transA", .integer(matmul.transposeA ? 1 : 0)),
          ("transB", .integer(matmul.transposeB ? 1 : 0)),
        ])
    }
    let left = matmul.transposeA ? turned(a) : a.name
    let right = matmul.transposeB ? turned(b) : b.name
    return emit("MatMul", [left, right])
  }

  /// The last two axes in each other's places.
  private mutating func turned(_ x: Value) -> String {
    var order = Array(x.held.indices)
    order.swapAt(order.count - 1, order.count - 2)
    return emit("Transpose", [x.name], [("perm", .integers(order))])
  }

  mutating func convolution(
    _ convolution: Convolution, _ x: Value, _ filter: Value, _ type: TensorType
  ) throws(ONNXObstacle) -> Value {
    guard convolution.layout == .nchw, convolution.direction != .filterGradient else {
      throw .operation("a convolution that makes filters, or of pictures with channels last")
    }
    if filter.factor != nil { throw .batch("filters are made of samples") }
    if let factor = x.factor, factor.axis != 0 { throw .batch("samples are channels or pixels") }
    let x = try whole(x, along: [1, 2, 3])
    let w = try whole(filter)
    let name =
      convolution.direction == .forward
      ? forward(convolution.geometry, x, w) : transposed(convolution.geometry, x, w)
    var held = type.shape.dimensions
    held[0] = x.held[0]
    return Value(name: name, type: type, held: held, factor: x.factor)
  }

  private func attributes(of g: ConvolutionGeometry) -> [(String, ONNXFile.Attribute)] {
    [
      ("kernel_shape", .integers(g.kernel)), ("strides", .integers(g.stride)),
      ("dilations", .integers(g.dilation)), ("group", .integer(g.groups)),
    ]
  }

  private mutating func forward(_ g: ConvolutionGeometry, _ x: Value, _ w: Value) -> String {
    let pads = g.padLow + g.padHigh
    guard pads.contains(where: { $0 < 0 }) else {
      return emit("Conv", [x.name, w.name], attributes(of: g) + [("pads", .integers(pads))])
    }
    let cut = padded(x.name, low: g.padLow, high: g.padHigh)
    return emit("Conv", [cut, w.name], attributes(of: g))
  }

  /// The adjoint of `forward`: of all that it could reach, the part that is the picture.
  private mutating func transposed(_ g: ConvolutionGeometry, _ y: Value, _ w: Value) -> String {
    let reach = (0..<2).map { axis -> Int in
      let span = g.stride[axis] * (g.outSize[axis] - 1)
      return span + g.dilation[axis] * (g.kernel[axis] - 1) + 1
    }
    let high = (0..<2).map { reach[$0] - g.padLow[$0] - g.inSize[$0] }
    let beyond = high.map { max(0, -$0) }
    guard g.padLow.allSatisfy({ $0 >= 0 }), (0..<2).allSatisfy({ beyond[$0] < g.stride[$0] }) else {
      let all = emit("ConvTranspose", [y.name, w.name], attributes(of: g))
      return padded(all, low: g.padLow.map { -$0 }, high: high.map { -$0 })
    }
    return emit(
      "ConvTranspose", [y.name, w.name],
      attributes(of: g) + [
        ("pads", .integers(g.padLow + high.map { max(0, $0) })),
        ("output_padding", .integers(beyond)),
      ])
  }

  /// Zeros around pictures; numbers below 0 take rows and columns away.
  private mutating func padded(_ x: String, low: [Int], high: [Int]) -> String {
    emit("Pad", [x, integers([0, 0] + low + [0, 0] + high), number(0)])
  }
}
