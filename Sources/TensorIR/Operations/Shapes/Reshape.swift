/// The same elements in the same order under another shape.
public struct Reshape: Operation {
  public static let mnemonic = "reshape"
  /// The shape of the result.
  public let shape: Shape

  public init(shape: Shape) { self.shape = shape }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    shape = Shape(try reader.integers("shape"))
  }

  public var attributes: [Attribute] { [Attribute("shape", .integers(shape.dimensions))] }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 1)
    guard operands[0].shape.count == shape.count else {
      throw TypeError("\(operands[0]) has not \(shape.count) elements")
    }
    return operands[0].with(shape: shape)
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] { [dy.reshape(site[0].shape)] }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    .alias(offset: 0)
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [0] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    guard let first = operands[0].dimensions.first else { return nil }
    return first == result.dimensions.first ? [0] : nil
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op {
    .reshape(Reshape(shape: Shape([count] + shape.dimensions.dropFirst())))
  }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
