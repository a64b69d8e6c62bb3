import Planning
import TensorIR

/// A program's steps up to what ranks tell each other, and behind it.
struct PreparedStretches {
  /// Prepared steps, and among them small ones that run at the same time.
  let steps: UnsafeBufferPointer<PreparedStep>
  /// Each before the prepared step at `place`.
  let messages: [(place: Int, message: Message)]
  /// The same without regard to what could be sent together, by the step of the program.
  let messageOfStep: [Int: Message]

  init(_ prepared: PreparedProgram, _ store: ContextStore) {
    let program = prepared.program
    func message(_ steps: [Int]) -> Message {
      let message = Message()
      for step in steps {
        guard case .collective(let kernel) = program.steps[step].call else { continue }
        message.add(
          kernel, prepared.memory(program.steps[step]),
          operandCount: program.steps[step].operands[0].count)
      }
      return message
    }
    var (steps, messages): ([PreparedStep], [(place: Int, message: Message)]) = ([], [])
    for stretch in Wave.stretches(of: program, joins: prepared.joins) {
      steps += stretch.waves.flatMap { prepared.steps($0, store) }
      if !stretch.collectives.isEmpty {
        messages.append((steps.count, message(stretch.collectives)))
      }
    }
    self.steps = UnsafeBufferPointer(start: store.keep(steps), count: steps.count)
    self.messages = messages
    messageOfStep = Dictionary(
      uniqueKeysWithValues: program.steps.indices.filter { program.steps[$0].call.isMessage }
        .map { ($0, message([$0])) })
  }

  /// The prepared steps before message `index`, or behind the last one.
  func range(_ index: Int) -> Range<Int> {
    let start = index > 0 ? messages[index - 1].place : 0
    return start..<(index < messages.count ? messages[index].place : steps.count)
  }
}
