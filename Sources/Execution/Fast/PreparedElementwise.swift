import CKernels
import TensorIR

extension Preparation {
  mutating func append(_ program: ScalarProgram, _ memory: StepMemory) {
    let count = memory.resultCount
    var instructions = program.instructions
    if instructions.isEmpty {
      instructions = [.init(.scale, a: program.accesses.count - 1, immediate: 1)]
    }
    let taskSize = taskSize(count, instructions: instructions.count)
    var (context, _) = machine(
      ScalarProgram(accesses: program.accesses, instructions: instructions), memory.operands,
      count: count, keeping: [])
    context.out = memory.result
    context.task_size = Int64(taskSize)
    append(kernels.program, context, tasks: ceilingDivide(count, max(1, taskSize)))
  }

  /// Elements of a task: all where their work is not worth a second thread.
  private func taskSize(_ count: Int, instructions: Int) -> Int {
    if count * instructions < parallelThreshold || count < parallelThreshold / 4 { return count }
    let half = ceilingDivide(ceilingDivide(count, 2), Int(CK_TILE)) * Int(CK_TILE)
    return min(half, parallelThreshold / 2)
  }

  /// The program with its operands in place, and where the registers `keeping` are after a tile.
  ///
  /// Without any to keep, the last instruction writes to memory.
  func machine(
    _ program: ScalarProgram, _ operands: [UnsafeMutablePointer<Float>], count: Int,
    keeping: [Int]
  ) -> (ck_program, places: [Int32]) {
    let operands = zip(program.accesses, operands).map { access, base in
      let scalar = access.count == 1
      return ck_operand(
        base: UnsafePointer(base), inner: scalar ? 1 : Int64(access.inner),
        count: Int64(access.count))
    }
    let (code, places, slots) = assignSlots(
      program.instructions, operandCount: operands.count, keeping: keeping)
    let context = ck_program(
      out: nil, count: Int64(count), task_size: 0, operand_count: Int32(operands.count),
      instruction_count: Int32(code.count), slot_count: Int32(slots),
      operands: store.keep(operands), instructions: store.keep(code))
    return (context, keeping.map { Int32(places[$0]) })
  }

  /// Gives each value a tile of the slab from its instruction to its last reader, so that the slab stays small.
  private func assignSlots(
    _ instructions: [ScalarProgram.Instruction], operandCount: Int, keeping: [Int]
  ) -> (code: [ck_instruction], places: [Int], slots: Int) {
    var lastReader = [Int](repeating: -1, count: operandCount + instructions.count)
    for (index, step) in instructions.enumerated() {
      for register in [step.a, step.b, step.c].prefix(step.opcode.arity) {
        lastReader[register] = index
      }
    }
    for register in keeping { lastReader[register] = instructions.count }
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
      if index < instructions.count - 1 || !keeping.isEmpty {
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
    return (code, place, slots)
  }
}
