import CKernels
import COneDNN
import COpenBLAS
import Diagnostics
import Planning
import TensorIR

/// Runs executables in float32 on a planned arena with threads of its own.
///
/// All executables share the arena: inputs must be written just before each run, and results other than scalars and
/// variables read before the next run of another executable.
public final class FastEngine: Engine {
  /// How it runs.
  public let options: EngineOptions
  let layout: StateLayout
  let arena: EngineMemory
  let block: EngineMemory
  var compiled: [PreparedExecutable]
  private let pool: OpaquePointer
  private let transport: (any Transport)?
  /// The rank whose samples are taken, or the piece that runs.
  private let rank = UnsafeMutablePointer<Int>.allocate(capacity: 1)
  /// Of executables that go through their samples piece by piece.
  private var pieceMemories: [PieceMemory?] = []
  private var lastRun: Int?

  /// Prepares all executables; variables are 0.
  ///
  /// One of several ranks speaks to the others by `transport`.
  ///
  /// - Throws: `Diagnostic` where memory or threads are lacking.
  public init(
    layout: StateLayout, executables: [Executable], options: EngineOptions,
    transport: (any Transport)? = nil
  ) throws {
    self.options = options
    self.transport = transport
    self.layout = layout
    // Each worker calls OpenBLAS by itself; its own threads would fight ours for the cores.
    openblas_set_num_threads(1)
    arena = try EngineMemory(
      count: executables.map(\.program.arenaCount).max() ?? 0, purpose: "the values of a step")
    block = try EngineMemory(count: layout.count, purpose: "parameters and optimizer state")
    guard let pool = ck_pool_create(Int64(options.threads), od_prepare_thread) else {
      throw Diagnostic.machine(
        "cannot start \(options.threads) threads",
        hint: "ask for fewer threads, or raise 'ulimit -u'")
    }
    self.pool = pool
    try requireProductBuffers(threads: options.threads)
    od_prepare_thread()
    compiled = []
    rank.initialize(to: transport?.rank ?? 0)
    let memory = (arena: arena.base, state: block.base)
    compiled = executables.map {
      PreparedExecutable($0, memory.arena, memory.state, options, rank: rank)
    }
    pieceMemories = zip(executables, compiled).map { executable, prepared in
      executable.pieces.map { PieceMemory($0, of: executable, stretches: prepared.stretches) }
    }
  }

  deinit {
    ck_pool_destroy(pool)
    rank.deallocate()
  }

  /// Bytes of the arena that all executables share.
  public var arenaByteCount: Int { arena.count * MemoryLayout<Float>.stride }

  public func state(_ variable: Int) -> [Double] {
    let (start, count) = (layout.offsets[variable], layout.shapes[variable].count)
    return (start..<start + count).map { Double(block.base[$0]) }
  }

  public func setState(_ variable: Int, _ values: [Double]) {
    precondition(values.count == layout.shapes[variable].count, "a variable keeps its shape")
    let target = block.base + layout.offsets[variable]
    for (i, value) in values.enumerated() { target[i] = Float(value) }
  }

  public func withState<R>(_ variable: Int, _ body: (StateValues) throws -> R) rethrows -> R {
    try body(
      .float32(
        UnsafeMutableBufferPointer(
          start: block.base + layout.offsets[variable], count: layout.shapes[variable].count)))
  }

  public func withInput(
    of index: Int, _ input: Int, _ write: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    compiled[index].isWritten[input] = true
    if try pieceMemories[index]?.withInput(input, write) == true { return }
    try write(values(in: compiled[index].program.inputs[input]))
  }

  public func setScalar(of index: Int, _ input: Int, _ value: Double) {
    compiled[index].scalarInputs[input] = Float(value)
    compiled[index].isWritten[input] = true
  }

  public func run(_ index: Int) {
    let saved = ck_flush_denormals()
    begin(index)
    if let memory = pieceMemories[index] {
      runPieces(of: index, memory) { stretch, _ in runStretch(stretch, of: index) }
    } else {
      for (stretch, message) in compiled[index].messages.enumerated() {
        runStretch(stretch, of: index)
        send(message.message)
      }
      runStretch(compiled[index].messages.count, of: index)
    }
    end(index)
    ck_restore_denormals(saved)
  }

  /// Runs executable `index`, showing each step's result as it is computed, and how long it took.
  ///
  /// For finding the first value that is not finite, and for profiles.
  public func run(_ index: Int, tracing observe: (StepTrace) -> Void) {
    let saved = ck_flush_denormals()
    begin(index)
    let executable = compiled[index]
    func trace(_ index: Int) {
      let step = executable.program.steps[index]
      let duration = ContinuousClock().measure {
        if let message = executable.messageOfStep[index] { send(message) }
        run(executable.steps, executable.ranges[index])
      }
      observe(
        StepTrace(
          step: step, duration: duration, values: UnsafeBufferPointer(values(in: step.result))))
    }
    if let memory = pieceMemories[index] {
      // The last pass computes everything once.
      runPieces(of: index, memory) { stretch, isLast in
        if isLast {
          executable.stretches[stretch].forEach(trace)
        } else {
          runStretch(stretch, of: index)
        }
      }
    } else {
      executable.program.steps.indices.forEach(trace)
    }
    end(index)
    ck_restore_denormals(saved)
  }

  public func result(of index: Int, _ result: Int) -> [Double] {
    let region = compiled[index].program.results[result]
    if region.space == .arena && region.count == 1 { return [scalar(of: index, result)] }
    precondition(
      region.space == .state || lastRun == index,
      "the result was overwritten by a run of another executable")
    return values(in: region).map { Double($0) }
  }

  public func scalar(of index: Int, _ result: Int) -> Double {
    let executable = compiled[index]
    let region = executable.program.results[result]
    return region.space == .state
      ? Double(block.base[region.offset]) : executable.scalarResults[result]
  }

  private func values(in region: Region) -> UnsafeMutableBufferPointer<Float> {
    let base = region.space == .arena ? arena.base : block.base
    return UnsafeMutableBufferPointer(start: base + region.offset, count: region.count)
  }

  /// Runs the steps up to a message, or behind the last one.
  private func runStretch(_ stretch: Int, of index: Int) {
    let (waves, messages) = (compiled[index].waves, compiled[index].messages)
    let start = stretch > 0 ? messages[stretch - 1].place : 0
    run(waves, start..<(stretch < messages.count ? messages[stretch].place : waves.count))
  }

  /// Goes through the samples piece by piece.
  ///
  /// All pieces run what is before a sum, and then what they have together takes the place of what each has. Whatever is
  /// before an earlier sum is computed again, since nothing else is kept.
  private func runPieces(
    of index: Int, _ memory: PieceMemory, _ runStretch: (_ stretch: Int, _ isLast: Bool) -> Void
  ) {
    let messages = compiled[index].messages.map(\.message)
    memory.note(block.base)
    for end in 0..<max(1, messages.count) {
      for piece in 0..<(messages.isEmpty ? 1 : memory.pieces.count) {
        rank.pointee = piece
        memory.restore(block.base)
        memory.load(piece: piece, of: compiled[index].program, into: arena.base)
        compiled[index].writeScalars(arena.base)
        let isLast = end >= messages.count - 1 && piece == memory.pieces.count - 1
        for stretch in 0...end where stretch < messages.count {
          runStretch(stretch, isLast)
          if stretch < end { messages[stretch].deliver() }
        }
        if end < messages.count { messages[end].collect(piece: piece) }
      }
    }
    messages.last?.deliver()
    runStretch(messages.count, true)
    rank.pointee = transport?.rank ?? 0
  }

  private func run(_ steps: UnsafeBufferPointer<PreparedStep>, _ range: Range<Int>) {
    for index in range {
      let step = steps[index]
      ck_pool_run(pool, step.task, step.context, step.tasks)
    }
  }

  private func send(_ message: Message) {
    guard let transport else { preconditionFailure("the graph is that of one of several ranks") }
    message.send(by: transport)
  }

  private func begin(_ index: Int) {
    precondition(
      compiled[index].isWritten.allSatisfy { $0 },
      "every input is written anew before a run: the arena is shared")
    if options.poisonsArena { compiled[index].poison(arena) }
    compiled[index].writeScalars(arena.base)
  }

  private func end(_ index: Int) {
    compiled[index].readScalars(arena.base)
    // Whatever was written for another executable lay in the same arena.
    for other in compiled.indices { compiled[other].forgetInputs() }
    lastRun = index
  }
}

/// What `FastEngine.run(_:tracing:)` shows of a step.
public struct StepTrace {
  /// The step of the plan.
  public let step: Program.Step
  /// What the step took.
  public let duration: Duration
  /// The step's result; valid during the call only.
  public let values: UnsafeBufferPointer<Float>

  /// `true` iff no value is infinite or NaN.
  public var isFinite: Bool { values.allSatisfy(\.isFinite) }
}
