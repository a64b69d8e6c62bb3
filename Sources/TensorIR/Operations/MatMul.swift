/// The product of two matrices, each transposed or not.
public struct MatMul: Operation {
  public static let mnemonic = "matmul"
  public let transposeA: Bool
  public let transposeB: Bool

  public init(transposeA: Bool, transposeB: Bool) {
    self.transposeA = transposeA
    self.transposeB = transposeB
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    transposeA = try reader.flag("ta")
    transposeB = try reader.flag("tb")
  }

  public var attributes: [Attribute] {
    [Attribute("ta", .word("\(transposeA)")), Attribute("tb", .word("\(transposeB)"))]
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 2)
    let (a, b) = (operands[0].shape, operands[1].shape)
    guard a.rank == 2, b.rank == 2, operands[0].element == operands[1].element else {
      throw TypeError("needs two matrices, got \(operands[0]) and \(operands[1])")
    }
    guard a[transposeA ? 0 : 1] == b[transposeB ? 1 : 0] else {
      throw TypeError("inner extents differ: \(operands[0]) and \(operands[1])")
    }
    return operands[0].with(shape: [a[transposeA ? 1 : 0], b[transposeB ? 0 : 1]])
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    let (a, b) = (site[0], site[1])
    let da =
      transposeA
      ? b.matmul(dy, transposeA: transposeB, transposeB: true)
      : dy.matmul(b, transposeA: false, transposeB: !transposeB)
    let db =
      transposeB
      ? dy.matmul(a, transposeA: true, transposeB: transposeA)
      : a.matmul(dy, transposeA: !transposeA, transposeB: false)
    return [da, db]
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    .matmul(
      MatMulKernel(
        m: result.shape[0], n: result.shape[1], k: operands[0].shape[transposeA ? 0 : 1],
        transposeA: transposeA, transposeB: transposeB))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [0, 1] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    transposeA ? nil : [0]
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { transposeA && !transposeB }

  public func resized(toSamples count: Int) -> Op { .matmul(self) }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { true }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
