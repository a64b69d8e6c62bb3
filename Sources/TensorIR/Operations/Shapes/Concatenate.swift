/// Its operands side by side along one axis.
public struct Concatenate: Operation {
  public static let mnemonic = "concatenate"
  /// The axis along which the operands stand side by side.
  public let axis: Int

  public init(axis: Int) { self.axis = axis }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    axis = try reader.integer("axis")
  }

  public var attributes: [Attribute] { [Attribute("axis", .integer(axis))] }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    guard let first = operands.first, (0..<first.shape.rank).contains(axis) else {
      throw TypeError("needs operands with an axis \(axis)")
    }
    var sizes = first.shape.dimensions
    sizes[axis] = 0
    for operand in operands {
      var rest = operand.shape.dimensions
      guard rest.count == sizes.count else { throw TypeError("ranks differ") }
      rest[axis] = sizes[axis]
      guard rest == sizes, operand.element == first.element else {
        throw TypeError("\(first) and \(operand) do not fit side by side along axis \(axis)")
      }
      sizes[axis] += operand.shape[axis]
    }
    return first.with(shape: Shape(sizes))
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    var start = 0
    return site.operands.map { operand in
      var starts = [Int](repeating: 0, count: operand.shape.rank)
      var limits = operand.shape.dimensions
      starts[axis] = start
      limits[axis] += start
      start = limits[axis]
      return dy.slice(starts, limits)
    }
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let target = result.shape.strides
    var start = 0
    let pieces = operands.indices.map { i in
      defer { start += operands[i].shape[axis] }
      return CopyKernel.Piece(
        operand: i, sourceOffset: 0, targetOffset: start * target[axis],
        shape: operands[i].shape, sourceStrides: operands[i].shape.strides, targetStrides: target)
    }
    return .copy(CopyKernel(pieces: pieces, fill: nil))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    axis == 0 ? nil : Array(operands.indices)
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .concatenate(self) }

  public func permuted(by order: [Int]) -> Op? {
    order.firstIndex(of: axis).map { .concatenate(Concatenate(axis: $0)) }
  }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
