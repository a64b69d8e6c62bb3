/// The second operand where the first is not 0, else the third; shapes are equal.
public struct Select: Operation {
  public static let mnemonic = "select"

  public init() {}

  public init(_ reader: inout AttributeReader) throws(TypeError) {}

  public var attributes: [Attribute] { [] }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 3)
    guard operands[0] == operands[1], operands[1] == operands[2] else {
      throw TypeError("operands differ: \(operands[0]), \(operands[1]) and \(operands[2])")
    }
    return operands[0]
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    let zero = site.builder.constant(0, dy.shape)
    return [
      nil, dy.select(where: site[0], else: zero), zero.select(where: site[0], else: dy),
    ]
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    let access = ScalarProgram.Access.dense(result.shape.count)
    let step = ScalarProgram.Instruction(.select, a: 0, b: 1, c: 2)
    return .elementwise(
      ScalarProgram(accesses: [access, access, access], instructions: [step]))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    result.rank > 0 ? [0, 1, 2] : nil
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .select(self) }

  public func permuted(by order: [Int]) -> Op? { .select(self) }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? {
    .init(.select, a: registers[0], b: registers[1], c: registers[2])
  }

  public var isContraction: Bool { false }

  public func deciders(_ site: Site) -> [Tensor] { [site[0]] }
}
