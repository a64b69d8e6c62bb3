/// A chain of elementwise operations run in one sweep.
///
/// Made by fusion, after differentiation.
public struct Fused: Operation {
  public static let mnemonic = "fused"
  /// What is done to each element.
  public let program: ScalarProgram
  /// The shape of the result, and of every operand that is not one number.
  public let shape: Shape

  public init(program: ScalarProgram, shape: Shape) {
    self.program = program
    self.shape = shape
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    shape = Shape(try reader.integers("shape"))
    program = try ScalarProgram(&reader)
  }

  public var attributes: [Attribute] {
    [Attribute("shape", .integers(shape.dimensions))] + program.attributes
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try program.check(operands, count: shape.count).with(shape: shape)
  }

  /// Fusion comes after differentiation; a verifier keeps it so.
  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    preconditionFailure("a fused operation was differentiated")
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    .elementwise(program)
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? { nil }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .fused(self) }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
