import CKernels
import Planning
import TensorIR

/// A program with every address resolved.
struct PreparedExecutable {
  let program: Program
  /// All steps in the program's order, back to back.
  let steps: UnsafeBufferPointer<PreparedStep>
  /// The prepared steps of each of the program's.
  let ranges: [Range<Int>]
  /// The same work, with small steps that may run at the same time in one.
  let waves: UnsafeBufferPointer<PreparedStep>
  /// What ranks tell each other, each before the prepared step of `waves` at `place`.
  let messages: [(place: Int, message: Message)]
  /// The program's steps before each message, and behind the last one.
  let stretches: [[Int]]
  /// The same without regard to what could be sent together, by the step of the program.
  let messageOfStep: [Int: Message]
  /// Inputs that hold the values of the coming run; those in the state always do.
  var isWritten: [Bool]
  /// Values of scalar inputs, kept outside the arena so that a run of another executable does not lose them.
  var scalarInputs: [Float]
  private(set) var scalarResults: [Double]
  private let scalarInputIndices: [Int]
  private let scalarResultIndices: [Int]
  private let arenaInputs: [Int]
  /// What is no input, to be poisoned.
  private let gaps: [Range<Int>]
  private let store: ContextStore

  init(
    _ executable: Executable, _ arena: UnsafeMutablePointer<Float>,
    _ state: UnsafeMutablePointer<Float>, _ options: EngineOptions,
    rank: UnsafePointer<Int>
  ) {
    program = executable.program
    store = ContextStore()
    var preparation = Preparation(options: options, store: store, rank: rank)
    func pointer(_ region: Region) -> UnsafeMutablePointer<Float> {
      (region.space == .arena ? arena : state) + region.offset
    }
    func memory(_ step: Program.Step) -> StepMemory {
      StepMemory(
        operands: step.operands.map(pointer), result: pointer(step.result),
        resultCount: step.result.count, scratch: pointer(step.scratch))
    }
    ranges = program.steps.map { step in
      let start = preparation.steps.count
      let need = workspace(for: step.call, options)
      precondition(need <= step.scratch.count, "the plan left too little scratch for \(step.call)")
      preparation.append(step.call, memory(step))
      return start..<preparation.steps.count
    }
    steps = UnsafeBufferPointer(
      start: store.keep(preparation.steps), count: preparation.steps.count)

    let (prepared, ranges, store) = (preparation.steps, self.ranges, self.store)
    let program = program
    func message(_ steps: [Int]) -> Message {
      let message = Message()
      for step in steps {
        guard case .collective(let kernel) = program.steps[step].call else { continue }
        message.add(
          kernel, memory(program.steps[step]), operandCount: program.steps[step].operands[0].count)
      }
      return message
    }
    var (waves, messages): ([PreparedStep], [(place: Int, message: Message)]) = ([], [])
    var stretches: [[Int]] = []
    for stretch in Wave.stretches(of: program, joins: ranges.map { $0.count == 1 }) {
      waves += stretch.waves.flatMap { wave in
        store.together(wave.steps.flatMap { prepared[ranges[$0]] }, joined: wave.steps.count > 1)
      }
      stretches.append(stretch.waves.flatMap(\.steps))
      if !stretch.collectives.isEmpty {
        messages.append((waves.count, message(stretch.collectives)))
      }
    }
    self.waves = UnsafeBufferPointer(start: store.keep(waves), count: waves.count)
    self.messages = messages
    self.stretches = stretches
    messageOfStep = Dictionary(
      uniqueKeysWithValues: program.steps.indices.filter { program.steps[$0].call.isMessage }
        .map { ($0, message([$0])) })

    let (inputs, results) = (program.inputs, program.results)
    isWritten = inputs.map { $0.space == .state }
    scalarInputs = inputs.map { _ in 0 }
    arenaInputs = inputs.indices.filter { inputs[$0].space == .arena }
    scalarInputIndices = arenaInputs.filter { inputs[$0].count == 1 }
    scalarResults = results.map { _ in .nan }
    scalarResultIndices = results.indices.filter {
      results[$0].space == .arena && results[$0].count == 1
    }
    let taken = arenaInputs.map { inputs[$0].offset..<inputs[$0].offset + inputs[$0].count }
      .sorted { $0.lowerBound < $1.lowerBound }
    var gaps: [Range<Int>] = []
    var end = 0
    for range in taken {
      if range.lowerBound > end { gaps.append(end..<range.lowerBound) }
      end = max(end, range.upperBound)
    }
    if end < program.arenaCount { gaps.append(end..<program.arenaCount) }
    self.gaps = gaps
  }

  func writeScalars(_ arena: UnsafeMutablePointer<Float>) {
    for input in scalarInputIndices { arena[program.inputs[input].offset] = scalarInputs[input] }
  }

  mutating func readScalars(_ arena: UnsafeMutablePointer<Float>) {
    for result in scalarResultIndices {
      scalarResults[result] = Double(arena[program.results[result].offset])
    }
  }

  /// Inputs in the arena, scalars apart, are gone after any run.
  mutating func forgetInputs() {
    for input in arenaInputs where program.inputs[input].count != 1 { isWritten[input] = false }
  }

  func poison(_ arena: EngineMemory) {
    for gap in gaps {
      (arena.base + gap.lowerBound).update(
        repeating: Float(bitPattern: 0x7fa0_0000), count: gap.count)
    }
  }
}
