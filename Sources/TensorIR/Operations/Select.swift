/// The second operand where the first is not 0, else the third; shapes are equal.
public struct Select: Operation {
  public static let mnemonic = "select"

  public init() {}

  public init(_ reader: inout AttributeReader) throws(TypeError) {}

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
}
