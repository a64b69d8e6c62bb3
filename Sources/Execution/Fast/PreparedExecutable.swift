import CKernels
import Planning
import TensorIR

/// The steps of a program, prepared one by one.
struct PreparedProgram {
  let program: Program
  let steps: [PreparedStep]
  /// Of each step of the program its prepared ones.
  let ranges: [Range<Int>]
  /// Where a step's values lie.
  let memory: (Program.Step) -> StepMemory

  /// The prepared steps of a wave.
  func steps(_ wave: Wave, _ store: ContextStore) -> [PreparedStep] {
    store.together(wave.steps.flatMap { steps[ranges[$0]] }, joined: wave.steps.count > 1)
  }

  /// Which steps are single pieces of work.
  var joins: [Bool] { ranges.map { $0.count == 1 } }
}

/// A program with every address resolved.
struct PreparedExecutable {
  /// How it goes through its samples.
  enum Course {
    /// All at once, or a rank's own, up to what ranks tell each other.
    case stretches(PreparedStretches)
    /// In pieces, pass by pass.
    case pieces(PreparedPieces)
  }

  let program: Program
  /// All steps in the program's order, back to back.
  let steps: UnsafeBufferPointer<PreparedStep>
  /// The prepared steps of each of the program's.
  let ranges: [Range<Int>]
  /// The same work, with small steps that run at the same time.
  let course: Course
  /// Inputs that hold the values of the coming run; those in the state always do.
  var isWritten: [Bool]
  /// Values of inputs of one element, kept outside the arena so that a run of another executable does not lose them.
  var singleInputs: [Float]
  private(set) var scalarResults: [Double]
  private let singleInputIndices: [Int]
  private let scalarResultIndices: [Int]
  /// Inputs whose values lie in the arena, or are dealt to pieces.
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
    let store = ContextStore()
    self.store = store
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

    let prepared = PreparedProgram(
      program: program, steps: preparation.steps, ranges: ranges, memory: memory)
    if let pieces = executable.pieces {
      course = .pieces(PreparedPieces(pieces, of: executable, prepared, store))
    } else {
      course = .stretches(PreparedStretches(prepared, store))
    }

    let (inputs, results) = (program.inputs, program.results)
    isWritten = inputs.map { $0.space == .state }
    singleInputs = inputs.map { _ in 0 }
    let dealt = executable.pieces?.dealt ?? []
    let outside = inputs.indices.filter { inputs[$0].space == .arena }
    singleInputIndices = outside.filter { inputs[$0].count == 1 && !dealt.contains($0) }
    let singles = Set(singleInputIndices)
    arenaInputs = outside.filter { !singles.contains($0) }
    scalarResults = results.map { _ in .nan }
    scalarResultIndices = results.indices.filter {
      results[$0].space == .arena && results[$0].count == 1
    }
    let taken = outside.map { inputs[$0].offset..<inputs[$0].offset + inputs[$0].count }
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

  /// Whether the input is of one element, whatever its rank, which every piece reads.
  func isSingle(_ input: Int) -> Bool { singleInputIndices.contains(input) }

  func writeSingles(_ arena: UnsafeMutablePointer<Float>) {
    for input in singleInputIndices { arena[program.inputs[input].offset] = singleInputs[input] }
  }

  mutating func readScalars(_ arena: UnsafeMutablePointer<Float>) {
    for result in scalarResultIndices {
      scalarResults[result] = Double(arena[program.results[result].offset])
    }
  }

  /// Inputs in the arena are gone after any run.
  mutating func forgetInputs() {
    for input in arenaInputs { isWritten[input] = false }
  }

  func poison(_ arena: EngineMemory) {
    for gap in gaps {
      (arena.base + gap.lowerBound).update(
        repeating: Float(bitPattern: 0x7fa0_0000), count: gap.count)
    }
  }
}
