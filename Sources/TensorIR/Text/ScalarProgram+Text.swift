extension ScalarProgram {
  /// Reads what `attributes` printed.
  init(_ reader: inout AttributeReader) throws(TypeError) {
    let accesses = try reader.integers("reads")
    guard accesses.count.isMultiple(of: 2) else { throw TypeError("'reads' are pairs") }
    var instructions: [Instruction] = []
    for word in try reader.words("program") { instructions.append(try Instruction(text: word)) }
    self.init(
      accesses: stride(from: 0, to: accesses.count, by: 2).map {
        .init(inner: accesses[$0], count: accesses[$0 + 1])
      }, instructions: instructions)
  }

  var attributes: [Attribute] {
    [
      Attribute("reads", .integers(accesses.flatMap { [$0.inner, $0.count] })),
      Attribute("program", .words(instructions.map(\.text))),
    ]
  }

  /// The type of the operands, which a sweep over `count` elements can read as `accesses` say.
  func check(_ operands: [TensorType], count: Int) throws(TypeError) -> TensorType {
    guard operands.count == accesses.count, let first = operands.first else {
      throw TypeError("takes \(accesses.count) operands, got \(operands.count)")
    }
    for (operand, access) in zip(operands, accesses) {
      guard operand.shape.count == access.count,
        count.isMultiple(of: access.inner * access.count)
      else { throw TypeError("reads \(access.count) elements of \(operand)") }
    }
    var known = operands.count
    for step in instructions {
      guard
        [step.a, step.b, step.c].prefix(step.opcode.arity).allSatisfy({ (0..<known).contains($0) })
      else { throw TypeError("an instruction reads a register that is not yet written") }
      known += 1
    }
    return first
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
