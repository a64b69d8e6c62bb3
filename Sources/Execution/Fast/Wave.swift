import CKernels
import Planning
import TensorIR

/// Small steps of a program that may run at the same time, for one dispatch of the pool.
///
/// A step of few elements keeps one thread busy and lets the others wait at its end. An optimizer's updates of a
/// player's parameters are such steps, three or four for each tensor, and none of one kind depends on another.
struct Wave {
  /// Indices of the program's steps, ascending.
  var steps: [Int]

  /// Elements of a result up to which a step joins others: larger ones keep all threads busy, and find in the caches
  /// what the step before them left.
  private static let largest = 2 * parallelThreshold
  /// How far a step is moved: bounds the time of preparation, and how long memory stays warm.
  private static let reach = 64

  /// The steps of `program`, all or those at `order`, ascending, in waves, each step in the last that it can be in: gradients come
  /// one by one, and updates wait for each other.
  ///
  /// Two steps keep their order wherever one writes what the other reads or writes. `joins` tells which steps are
  /// single pieces of work.
  static func waves(of program: Program, _ order: [Int]? = nil, joins: [Bool]) -> [Wave] {
    let order = order ?? Array(program.steps.indices)
    let accesses = Accesses(program)
    let isSmall = program.steps.indices.map { joins[$0] && accesses.largest(of: $0) <= largest }
    var isTaken = [Bool](repeating: false, count: program.steps.count)
    var waves: [Wave] = []
    for (place, last) in order.enumerated().reversed() where !isTaken[last] {
      isTaken[last] = true
      var wave = [last]
      if isSmall[last] {
        // Steps that stay between a candidate and the wave; it must be able to pass all of them.
        var between: [Int] = []
        for step in order[max(0, place - reach)..<place].reversed() where !isTaken[step] {
          if isSmall[step], !accesses.conflict(step, wave), !accesses.conflict(step, between) {
            isTaken[step] = true
            wave.append(step)
          } else {
            between.append(step)
          }
        }
      }
      waves.append(Wave(steps: wave.reversed()))
    }
    return waves.reversed()
  }
}

// MARK: - Between ranks

extension KernelCall {
  /// Whether ranks tell each other something.
  var isMessage: Bool {
    guard case .collective(let kernel) = self else { return false }
    if case .shard = kernel.kind { return false }
    return true
  }
}

extension Wave {
  /// Waves that run one after the other, and collectives, by their steps, that follow them as one message.
  struct Stretch {
    var waves: [Wave] = []
    var collectives: [Int] = []
  }

  /// The waves of a program, cut where ranks wait for each other.
  ///
  /// A collective waits for the first step that needs its place in memory, and all that wait then travel together.
  static func stretches(of program: Program, joins: [Bool]) -> [Stretch] {
    let accesses = Accesses(program)
    var stretches = [Stretch()]
    var waiting: [Int] = []
    func send() {
      stretches[stretches.count - 1].collectives = waiting
      stretches.append(Stretch())
      waiting = []
    }
    for wave in waves(of: program, joins: joins) {
      let needs = !waiting.isEmpty && wave.steps.contains { accesses.conflict($0, waiting) }
      if needs { send() }
      if program.steps[wave.steps[0]].call.isMessage {
        waiting += wave.steps
      } else {
        stretches[stretches.count - 1].waves.append(wave)
      }
    }
    if !waiting.isEmpty { send() }
    return stretches
  }
}

/// What the steps of a program read and write.
private struct Accesses {
  /// Of each step its result, its scratch and its operands, back to back.
  private var regions: [Region] = []
  private var starts = [0]

  init(_ program: Program) {
    for step in program.steps {
      regions += [step.result, step.scratch] + step.operands
      starts.append(regions.count)
    }
  }

  /// Elements of the largest tensor of a step.
  func largest(of step: Int) -> Int {
    regions[starts[step]..<starts[step + 1]].reduce(0) { max($0, $1.count) }
  }

  /// Whether `step` must keep its order with one of `others`.
  func conflict(_ step: Int, _ others: [Int]) -> Bool {
    others.contains { overwrites(step, $0) || overwrites($0, step) }
  }

  /// Whether step `a` writes what step `b` reads or writes.
  private func overwrites(_ a: Int, _ b: Int) -> Bool {
    for written in starts[a]..<starts[a] + 2 {
      for touched in starts[b]..<starts[b + 1] where regions[written].overlaps(regions[touched]) {
        return true
      }
    }
    return false
  }
}

/// Runs task i of all tasks of an array of steps, counted through; the context is the array.
private let runWave: ck_task = { context, task, worker in
  guard var step = context?.assumingMemoryBound(to: PreparedStep.self) else { return }
  var task = task
  while task >= step.pointee.tasks {
    task -= step.pointee.tasks
    step += 1
  }
  step.pointee.task(step.pointee.context, task, worker)
}

extension ContextStore {
  /// The steps of a wave: those of its only member one by one, or one that runs the members' single steps in any order.
  func together(_ steps: [PreparedStep], joined: Bool) -> [PreparedStep] {
    guard joined else { return steps }
    return [
      PreparedStep(
        task: runWave, context: UnsafeRawPointer(keep(steps)),
        tasks: steps.reduce(0) { $0 + $1.tasks })
    ]
  }
}
