import TensorIR

extension StableHLOBody {
  /// A scalar program per element, unfused again over flat values.
  mutating func fused(_ fused: Fused, _ operands: [Value]) -> Value {
    let registers = registers(of: fused.program, operands, count: fused.shape.count)
    return reshape(registers[registers.count - 1], fused.shape)
  }

  /// Sums of registers, one after the other along a new first axis where they are several.
  mutating func fusedSums(_ sums: FusedSums, _ operands: [Value], _ type: TensorType) -> Value {
    let registers = registers(of: sums.program, operands, count: sums.shape.count)
    let totals = sums.sums.map { register in
      reduce(reshape(registers[register], sums.shape), .sum, sums.axes)
    }
    guard totals.count > 1 else { return totals[0] }
    let rows = totals.map { reshape($0, Shape([1] + $0.shape.dimensions)) }
    return concatenate(rows, axis: 0, type)
  }

  private mutating func registers(
    of program: ScalarProgram, _ operands: [Value], count: Int
  ) -> [Value] {
    var registers = zip(program.accesses, operands).map { access, x in
      read(x, access, count: count)
    }
    for step in program.instructions {
      let used = [step.a, step.b, step.c].prefix(step.opcode.arity).map { registers[$0] }
      registers.append(scalar(step.opcode, used, step.immediate.value))
    }
    return registers
  }

  /// Element i of the result is element `(i / inner) % count` of the operand.
  private mutating func read(
    _ x: Value, _ access: ScalarProgram.Access, count total: Int
  ) -> Value {
    let flat = reshape(x, [access.count])
    if access == .dense(total) { return flat }
    let outer = total / (access.inner * access.count)
    return reshape(
      broadcast(flat, [outer, access.count, access.inner], axes: [1]), [total])
  }
}
