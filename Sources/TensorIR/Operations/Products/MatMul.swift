/// Products of matrices, each transposed or not: `[..., m, k] · [..., k, n] → [..., m, n]`.
///
/// The axes before the last two are alike in both operands; each element of them has a product of its own.
public struct MatMul: Operation {
  public static let mnemonic = "matmul"
  /// Whether the last two axes of A change places first.
  public let transposeA: Bool
  /// Whether the last two axes of B change places first.
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
    guard a.rank >= 2, b.rank >= 2, operands[0].element == operands[1].element else {
      throw TypeError("needs two matrices, got \(operands[0]) and \(operands[1])")
    }
    guard a.batch == b.batch else {
      throw TypeError("batch axes differ: \(operands[0]) and \(operands[1])")
    }
    guard a[innerAxisOfA(a)] == b[innerAxisOfB(b)] else {
      throw TypeError("inner extents differ: \(operands[0]) and \(operands[1])")
    }
    return operands[0].with(shape: Shape(a.batch + [a[outerAxisOfA(a)], b[outerAxisOfB(b)]]))
  }

  /// The axis of A that the products sum over.
  public func innerAxisOfA(_ a: Shape) -> Int { a.rank - (transposeA ? 2 : 1) }
  /// The axis of B that the products sum over.
  public func innerAxisOfB(_ b: Shape) -> Int { b.rank - (transposeB ? 1 : 2) }

  /// The axis of A that makes the rows of the products.
  public func outerAxisOfA(_ a: Shape) -> Int { a.rank - (transposeA ? 1 : 2) }
  /// The axis of B that makes the columns of the products.
  public func outerAxisOfB(_ b: Shape) -> Int { b.rank - (transposeB ? 2 : 1) }

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
        batch: result.shape.batch.reduce(1, *), m: result.shape[result.shape.rank - 2],
        n: result.shape[result.shape.rank - 1],
        k: operands[0].shape[innerAxisOfA(operands[0].shape)], transposeA: transposeA,
        transposeB: transposeB))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [0, 1] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    // The first axis is one of the batch, or makes the rows.
    if result.rank > 2 { return [0, 1] }
    return transposeA ? nil : [0]
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool {
    transposeA && !transposeB && operands[0].rank == 2
  }

  public func resized(toSamples count: Int) -> Op { .matmul(self) }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { true }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
