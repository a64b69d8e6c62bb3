/// Axes in another order: result axis i is operand axis `permutation[i]`.
public struct Transpose: Operation {
  public static let mnemonic = "transpose"
  /// Result axis i is operand axis `permutation[i]`.
  public let permutation: [Int]

  public init(permutation: [Int]) { self.permutation = permutation }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    permutation = try reader.integers("permutation")
  }

  public var attributes: [Attribute] { [Attribute("permutation", .integers(permutation))] }

  /// The permutation that undoes this one.
  public var inverse: [Int] {
    var inverse = permutation
    for (i, axis) in permutation.enumerated() { inverse[axis] = i }
    return inverse
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    guard permutation.sorted() == Array(0..<operands[0].shape.rank) else {
      throw TypeError("\(permutation) does not permute the axes of \(operands[0])")
    }
    return operands[0].with(shape: Shape(permutation.map { operands[0].shape[$0] }))
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] { [dy.transpose(inverse)] }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let source = operands[0].shape.strides
    return .copy(CopyKernel(shape: result.shape, sourceStrides: permutation.map { source[$0] }))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [0] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    permutation.first == 0 ? [0] : nil
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .transpose(self) }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
