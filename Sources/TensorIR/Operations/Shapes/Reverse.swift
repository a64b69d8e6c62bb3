/// The elements in opposite order along one axis: a mirrored image.
public struct Reverse: Operation {
  public static let mnemonic = "reverse"
  /// The axis whose elements change their order.
  public let axis: Int

  public init(axis: Int) { self.axis = axis }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    axis = try reader.integer("axis")
  }

  public var attributes: [Attribute] { [Attribute("axis", .integer(axis))] }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    guard (0..<operands[0].shape.rank).contains(axis) else {
      throw TypeError("\(operands[0]) has no axis \(axis)")
    }
    return operands[0]
  }

  /// A permutation of elements that undoes itself is its own adjoint.
  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    [site.builder.emit(.reverse(self), [dy])]
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    var strides = result.shape.strides
    let last = (result.shape[axis] - 1) * strides[axis]
    strides[axis] = -strides[axis]
    return .copy(CopyKernel(shape: result.shape, sourceStrides: strides, sourceOffset: last))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [0] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    axis == 0 ? nil : [0]
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .reverse(self) }

  public func permuted(by order: [Int]) -> Op? {
    order.firstIndex(of: axis).map { .reverse(Reverse(axis: $0)) }
  }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
