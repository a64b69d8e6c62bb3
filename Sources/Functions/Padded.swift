import TensorIR

/// Zeros around images.
struct Padded: TensorFunction {
  static let declaration = FunctionDeclaration(
    name: "pad", signature: "pad(v, [top, bottom, left, right])",
    summary: "Images with zeros around them.",
    operands: 1, arguments: [FunctionArgument("sides", .integers(0...65_536))])

  private let sides: [Int]

  init(_ arguments: FunctionArguments) throws(FunctionFault) {
    sides = arguments.integers("sides")
    guard sides.count == 4 else {
      throw FunctionFault(
        "'pad' expects four numbers, found \(sides.count)", hint: "write [top, bottom, left, right]"
      )
    }
  }

  func resultShape(_ operands: [ValueShape]) throws(FunctionFault) -> ValueShape {
    let shape = operands[0]
    guard shape.axes.count == 3, !shape.hasFreeAxes else {
      throw FunctionFault(
        "'pad' expects images [channels, height, width], found \(shape)", operand: 0)
    }
    let s = shape.sizes
    return ValueShape(
      hasBatch: shape.hasBatch, [s[0], s[1] + sides[0] + sides[1], s[2] + sides[2] + sides[3]])
  }

  func lower(_ operands: [Tensor], _ shapes: [ValueShape]) -> Tensor {
    let before = [Int](repeating: 0, count: operands[0].shape.rank - 2)
    return operands[0].pad(
      low: before + [sides[0], sides[2]], high: before + [sides[1], sides[3]])
  }
}
