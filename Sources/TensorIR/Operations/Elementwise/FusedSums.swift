/// Sums, over the same axes, of what a scalar program computes for each element: one sweep for all.
///
/// Several sums lie one after the other along a new first axis. Made by fusion, after differentiation.
public struct FusedSums: Operation {
  public static let mnemonic = "fused_sums"
  /// What is done to each element before it is added.
  public let program: ScalarProgram
  /// What the program runs over.
  public let shape: Shape
  /// Ascending; axes longer than 1 between the first and the last are all among them.
  public let axes: [Int]
  /// Registers of the program, of operands too, whose values are added up.
  public let sums: [Int]

  public init(program: ScalarProgram, shape: Shape, axes: [Int], sums: [Int]) {
    self.program = program
    self.shape = shape
    self.axes = axes
    self.sums = sums
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    shape = Shape(try reader.integers("shape"))
    axes = try reader.integers("axes")
    sums = try reader.integers("sums")
    program = try ScalarProgram(&reader)
  }

  public var attributes: [Attribute] {
    [
      Attribute("shape", .integers(shape.dimensions)), Attribute("axes", .integers(axes)),
      Attribute("sums", .integers(sums)),
    ] + program.attributes
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    let type = try program.check(operands, count: shape.count)
    guard axes == Set(axes).sorted(), axes.allSatisfy({ (0..<shape.rank).contains($0) }),
      SumsKernel.Extents(shape, axes) != nil
    else { throw TypeError("axes \(axes) of \(shape) are not neighbours") }
    let registers = 0..<operands.count + program.instructions.count
    guard !sums.isEmpty, sums.allSatisfy(registers.contains) else {
      throw TypeError("sums \(sums) are not registers of the program")
    }
    let kept = (0..<shape.rank).filter { !axes.contains($0) }.map { shape[$0] }
    return type.with(shape: Shape((sums.count > 1 ? [sums.count] : []) + kept))
  }

  /// Fusion comes after differentiation; a verifier keeps it so.
  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    preconditionFailure("a fused operation was differentiated")
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    guard let extents = SumsKernel.Extents(shape, axes) else {
      preconditionFailure("the type rule looks at the axes first")
    }
    return .sums(SumsKernel(program: program, sums: sums, extents: extents))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? { nil }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { false }

  public func resized(toSamples count: Int) -> Op { .fusedSums(self) }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { true }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
