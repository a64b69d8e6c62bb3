/// A chain of elementwise operations run in one sweep.
///
/// Made by fusion, after differentiation.
public struct Fused: Operation {
  public static let mnemonic = "fused"
  public let program: ScalarProgram
  public let shape: Shape

  public init(program: ScalarProgram, shape: Shape) {
    self.program = program
    self.shape = shape
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    shape = Shape(try reader.integers("shape"))
    let accesses = try reader.integers("reads")
    guard accesses.count.isMultiple(of: 2) else { throw TypeError("'reads' are pairs") }
    var instructions: [ScalarProgram.Instruction] = []
    for word in try reader.words("program") {
      instructions.append(try ScalarProgram.Instruction(text: word))
    }
    program = ScalarProgram(
      accesses: stride(from: 0, to: accesses.count, by: 2).map {
        .init(inner: accesses[$0], count: accesses[$0 + 1])
      }, instructions: instructions)
  }

  public var attributes: [Attribute] {
    [
      Attribute("shape", .integers(shape.dimensions)),
      Attribute("reads", .integers(program.accesses.flatMap { [$0.inner, $0.count] })),
      Attribute("program", .words(program.instructions.map(\.text))),
    ]
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    guard operands.count == program.accesses.count, let first = operands.first else {
      throw TypeError("takes \(program.accesses.count) operands, got \(operands.count)")
    }
    for (operand, access) in zip(operands, program.accesses) {
      guard operand.shape.count == access.count,
        shape.count.isMultiple(of: access.inner * access.count)
      else { throw TypeError("reads \(access.count) elements of \(operand)") }
    }
    var known = operands.count
    for step in program.instructions {
      guard
        [step.a, step.b, step.c].prefix(step.opcode.arity).allSatisfy({ (0..<known).contains($0) })
      else { throw TypeError("an instruction reads a register that is not yet written") }
      known += 1
    }
    return first.with(shape: shape)
  }

  /// Fusion comes after differentiation; a verifier keeps it so.
  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    preconditionFailure("a fused operation was differentiated")
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    .elementwise(program)
  }
}

extension ScalarProgram.Instruction {
  /// `scale:0:0:0:2.5` - opcode, registers and constant.
  var text: String { "\(opcode):\(a):\(b):\(c):\(immediate)" }

  init(text: String) throws(TypeError) {
    let parts = text.split(separator: ":").map(String.init)
    guard parts.count == 5,
      let opcode = ScalarOpcode.allCases.first(where: { "\($0)" == parts[0] }),
      let a = Int(parts[1]), let b = Int(parts[2]), let c = Int(parts[3]),
      let immediate = Double(parts[4])
    else { throw TypeError("no instruction: \(text)") }
    self.init(opcode, a: a, b: b, c: c, immediate: immediate)
  }
}
