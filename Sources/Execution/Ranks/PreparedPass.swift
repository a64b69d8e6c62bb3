import Planning
import TensorIR

/// One pass of a step in pieces, prepared.
struct PreparedPass {
  /// A collective takes in each piece's part, and in later passes gives what all pieces have.
  struct Exchange {
    /// The prepared step that it is before.
    let place: Int
    let sum: PieceSum
    let takes: Bool

    func run(piece: Int, rank: Int) {
      if takes { sum.take(piece: piece, rank: rank) } else { sum.give() }
    }
  }

  /// A step by itself, for runs that show each.
  struct SingleStep {
    /// In the program.
    let index: Int
    let exchange: Exchange?
  }

  /// Prepared steps, and among them small ones that run at the same time.
  let steps: UnsafeBufferPointer<PreparedStep>
  /// What happens between them, in their order.
  let exchanges: [Exchange]
  /// The same work in the program's order.
  let singleSteps: [SingleStep]
}

/// A program that goes through its samples in pieces.
struct PreparedPieces {
  /// One after the other; all but the last go through all pieces.
  let passes: [PreparedPass]
  /// What pieces need beside the arena.
  let memory: PieceMemory

  init(
    _ pieces: Pieces, of executable: Executable, _ prepared: PreparedProgram, _ store: ContextStore
  ) {
    let schedule = PieceSchedule(executable.graph, executable.program, pieces)
    memory = PieceMemory(
      pieces, of: executable, early: Set(schedule.passes.dropLast().joined()).sorted())
    var sums: [Int: PieceSum] = [:]
    for index in schedule.taken.keys {
      let step = executable.program.steps[index]
      guard case .collective(let kernel) = step.call else { continue }
      sums[index] = PieceSum(
        kernel, prepared.memory(step), operandCount: step.operands[0].count)
    }
    passes = schedule.passes.enumerated().map { pass, order in
      var steps: [PreparedStep] = []
      var exchanges: [Int: PreparedPass.Exchange] = [:]
      for wave in Wave.waves(of: prepared.program, order, joins: prepared.joins) {
        if let sum = sums[wave.steps[0]] {
          exchanges[wave.steps[0]] = .init(
            place: steps.count, sum: sum, takes: schedule.taken[wave.steps[0]] == pass)
        } else {
          steps += prepared.steps(wave, store)
        }
      }
      return PreparedPass(
        steps: UnsafeBufferPointer(start: store.keep(steps), count: steps.count),
        exchanges: exchanges.sorted { $0.key < $1.key }.map(\.value),
        singleSteps: order.map { .init(index: $0, exchange: exchanges[$0]) })
    }
  }
}
