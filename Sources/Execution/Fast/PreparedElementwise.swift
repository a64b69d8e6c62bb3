import CKernels
import TensorIR

extension Preparation {
  mutating func append(_ program: ScalarProgram, _ memory: StepMemory) {
    let count = memory.resultCount
    var instructions = program.instructions
    if instructions.isEmpty {
      instructions = [.init(.scale, a: program.accesses.count - 1, immediate: 1)]
    }
    let operands = zip(program.accesses, memory.operands).map { access, base in
      let scalar = access.count == 1
      return ck_operand(
        base: UnsafePointer(base), inner: scalar ? 1 : Int64(access.inner),
        count: Int64(access.count))
    }
    let (code, slots) = assignSlots(instructions, operandCount: operands.count)
    let taskSize = count < parallelThreshold ? count : parallelThreshold / 2
    let context = ck_program(
      out: memory.result, count: Int64(count), task_size: Int64(taskSize),
      operand_count: Int32(operands.count), instruction_count: Int32(code.count),
      slot_count: Int32(slots), operands: store.keep(operands), instructions: store.keep(code))
    append(kernels.program, context, tasks: ceilingDivide(count, max(1, taskSize)))
  }

  /// Gives each value a tile of the slab from its instruction to its last reader, so that the slab stays small.
  private func assignSlots(
    _ instructions: [ScalarProgram.Instruction], operandCount: Int
  ) -> (code: [ck_instruction], slots: Int) {
    var lastReader = [Int](repeating: -1, count: operandCount + instructions.count)
    for (index, step) in instructions.enumerated() {
      for register in [step.a, step.b, step.c].prefix(step.opcode.arity) {
        lastReader[register] = index
      }
    }
    var place = Array(0..<operandCount)
    var free: [Int] = []
    var slots = 0
    var code: [ck_instruction] = []
    for (index, step) in instructions.enumerated() {
      let registers = Array([step.a, step.b, step.c].prefix(step.opcode.arity))
      let places = registers.map { place[$0] }
      // Loops read an element before they write it, so a result may take the tile of a value read for the last time.
      for register in Set(registers).sorted()
      where register >= operandCount && lastReader[register] == index {
        free.append(place[register])
      }
      var result = -1
      if index < instructions.count - 1 {
        if let slot = free.popLast() {
          result = slot
        } else {
          result = operandCount + slots
          slots += 1
        }
        if lastReader[operandCount + index] < 0 { free.append(result) }
      }
      place.append(result)
      func at(_ i: Int) -> Int16 { i < places.count ? Int16(places[i]) : Int16(places[0]) }
      code.append(
        ck_instruction(
          opcode: step.opcode.rawValue, result: Int16(result), a: at(0), b: at(1), c: at(2),
          immediate: Float(step.immediate.value)))
    }
    return (code, slots)
  }
}
