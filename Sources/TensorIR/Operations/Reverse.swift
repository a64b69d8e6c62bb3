/// The elements in opposite order along one axis: a mirrored image.
public struct Reverse: Operation {
  public static let mnemonic = "reverse"
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
}
