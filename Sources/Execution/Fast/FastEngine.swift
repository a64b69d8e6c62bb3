import CKernels
import COneDNN
import COpenBLAS
import Diagnostics
import Planning
import TensorIR
import Threads

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
  private let rank: UnsafeMutablePointer<Int>
  private var lastRun: Int?

  /// Prepares all executables; variables are 0.
  ///
  /// One of several ranks speaks to the others by `transport`.
  ///
  /// - Throws: `Diagnostic` where memory or threads are lacking.
  public init(
    layout: StateLayout, executables: [Executable], options: EngineOptions,
    transport: (any Transport)? = nil
  ) throws(Diagnostic) {
    self.options = options
    self.transport = transport
    self.layout = layout
    // Each worker calls OpenBLAS by itself; its own threads would fight ours for the cores.
    openblas_set_num_threads(1)
    arena = try EngineMemory(
      count: executables.map(\.program.arenaCount).max() ?? 0, purpose: "the values of a step")
    block = try EngineMemory(count: layout.count, purpose: "parameters and optimizer state")
    // A failure after this would leave threads behind: deinit runs only once all is there.
    pool = try makeKernelPool(threads: options.threads, preparing: od_prepare_thread)
    od_prepare_thread()
    compiled = []
    rank = .allocate(capacity: 1)
    rank.initialize(to: transport?.rank ?? 0)
    let memory = (arena: arena.base, state: block.base)
    compiled = executables.map {
      PreparedExecutable($0, memory.arena, memory.state, options, rank: rank)
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
    if case .pieces(let pieces) = compiled[index].course,
      try pieces.memory.withInput(input, write)
    {
      return
    }
    guard compiled[index].isSingle(input) else {
      return try write(values(in: compiled[index].program.inputs[input]))
    }
    var value = compiled[index].singleInputs[input]
    try withUnsafeMutablePointer(to: &value) {
      try write(UnsafeMutableBufferPointer(start: $0, count: 1))
    }
    compiled[index].singleInputs[input] = value
  }

  public func setScalar(of index: Int, _ input: Int, _ value: Double) {
    compiled[index].singleInputs[input] = Float(value)
    compiled[index].isWritten[input] = true
  }

  public func run(_ index: Int) {
    let saved = ck_flush_denormals()
    begin(index)
    switch compiled[index].course {
    case .pieces(let pieces):
      goThrough(pieces, of: index) { pass, piece in run(pass, piece: piece) }
    case .stretches(let stretches):
      for (place, message) in stretches.messages.enumerated() {
        run(stretches.steps, stretches.range(place))
        send(message.message)
      }
      run(stretches.steps, stretches.range(stretches.messages.count))
    }
    end(index)
    ck_restore_denormals(saved)
  }

  /// Runs executable `index`, showing how long each step took, by itself; for profiles.
  ///
  /// A step that is computed piece by piece is shown each time.
  public func run(_ index: Int, tracing observe: (StepTrace) -> Void) {
    let saved = ck_flush_denormals()
    begin(index)
    let executable = compiled[index]
    func trace(_ index: Int, _ work: () -> Void) {
      let duration = ContinuousClock().measure(work)
      observe(StepTrace(step: executable.program.steps[index], duration: duration))
    }
    func run(_ step: Int) { self.run(executable.steps, executable.ranges[step]) }
    switch executable.course {
    case .pieces(let pieces):
      goThrough(pieces, of: index) { pass, piece in
        for step in pass.singleSteps {
          trace(step.index) {
            step.exchange?.run(piece: piece, rank: rank.pointee) ?? run(step.index)
          }
        }
      }
    case .stretches(let stretches):
      for step in executable.program.steps.indices {
        trace(step) {
          if let message = stretches.messageOfStep[step] { send(message) }
          run(step)
        }
      }
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

  /// Goes through the samples piece by piece, once for each pass; the last pass is of one piece.
  ///
  /// Piece k of process r of R is rank r + k R of all.
  private func goThrough(
    _ pieces: PreparedPieces, of index: Int,
    _ run: (_ pass: PreparedPass, _ piece: Int) -> Void
  ) {
    let (memory, program) = (pieces.memory, compiled[index].program)
    let (own, ranks) = (transport?.rank ?? 0, transport?.ranks ?? 1)
    memory.note(block.base)
    for (place, pass) in pieces.passes.enumerated() {
      let count = place == pieces.passes.count - 1 ? 1 : memory.pieces.count
      for piece in 0..<count {
        rank.pointee = own + ranks * piece
        memory.restore(block.base)
        memory.load(piece: piece, of: program, into: arena.base)
        compiled[index].writeSingles(arena.base)
        run(pass, piece)
      }
      if let transport {
        for exchange in pass.exchanges where exchange.takes { exchange.sum.finish(by: transport) }
      }
    }
    rank.pointee = own
  }

  /// Runs a pass with one piece of the samples.
  private func run(_ pass: PreparedPass, piece: Int) {
    var place = 0
    for exchange in pass.exchanges {
      run(pass.steps, place..<exchange.place)
      place = exchange.place
      exchange.run(piece: piece, rank: rank.pointee)
    }
    run(pass.steps, place..<pass.steps.count)
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
    compiled[index].writeSingles(arena.base)
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
}
