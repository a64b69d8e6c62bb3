import Diagnostics
import Syntax

/// The keys of `train`.
enum TrainingKeys {
  static let total = Key.required(
    "total", .rounds(from: 1), example: "total: 20k steps",
    "Rounds: `20000`, `20k steps`. In one, every player takes its `steps`.")
  static let threads = Key(
    "threads", .integer(in: 0...1024), default: 0, "Worker threads, 0 for one per core.")
  static let order = Key.part(
    "order", "list of players", as: .names,
    or: "`discriminator`, `generator`, then the others as they stand",
    "Who moves when.")
  static let update = Key.part(
    "update", UpdateRule.words.map { "`\($0)`" }.joined(separator: ", "), as: .word(.updates),
    or: "`alternating`", "How the players move within a round.")
  static let share = Key.optional(
    "share", Form<[LocatedText]>.names("list of streams"),
    "Streams, with those of the same data, of which the i-th step of every player in a round sees the same batch."
  )
  static let convolutions = Key(
    "convolutions", .choice(Training.Convolutions.allCases.map { $0.rawValue }),
    default: Training.Convolutions.fast.rawValue,
    "`direct` for sums of products only, where `fast` may take a faster way that rounds more.")
  static let memoryBudget = Key(
    "memory_budget", .memoryBudget, default: nil,
    "What variables and the arena may take together: cheap values are computed again to fit.")
  static let microbatch = Key(
    "microbatch", .integer(in: 0...(1 << 24)), default: 0,
    "Samples that a step goes through at a time, 0 for a whole batch; its numbers are those of the whole batch."
  )

  static let all: [any AnyKey] = [
    total, threads, order, update, share, convolutions, memoryBudget, microbatch,
  ]
}

extension Form where Value == MemoryBudget? {
  /// An amount of memory with its place; `null` for none.
  fileprivate static var memoryBudget: Form {
    Form("`200 MB`, `1.5 GiB`", schema: .memory, text: { $0 == nil ? "null" : nil }) {
      node, what, context in
      context.memorySize(node, what).map { MemoryBudget(bytes: $0, span: node.span) }
    }
  }
}
