import Diagnostics
import Optimizers
import Syntax

extension RoundSchedule {
  /// Reads `schedule: cosine` or `schedule: {type: linear, to: 0, over: 20k steps, warmup: 500 steps}`.
  ///
  /// Where `owner` has no such key it is as `fallback` says, or constant.
  static func read(_ owner: inout MappingReader, fallback: SpecNode? = nil) -> RoundSchedule {
    let context = owner.context
    let given = owner.take(ScheduleKeys.schedule)
    if given == nil { context.recordDefault("schedule", "constant", at: owner.path) }
    guard let node = given ?? fallback else { return RoundSchedule() }
    guard let use = DefinitionUse(node, at: owner.child("schedule"), "schedule", context) else {
      return RoundSchedule()
    }
    guard let type = ScheduleCatalogue.named(use.type.text) else {
      let known = ScheduleCatalogue.names
      let near = suggestion(
        for: use.type.text, among: known, others: ScheduleCatalogue.declarations.synonyms)
      context.error(
        "unknown schedule '\(use.type.text)'", at: use.type.span,
        hint: near ?? "schedules are \(listing(known))")
      return RoundSchedule()
    }
    var reader = use.reader("schedule '\(use.type.text)'", context)
    let values = reader.values(of: type.declaration.keys)
    let rise = reader.value(of: warmup, or: 0)
    reader.finish()
    return RoundSchedule(
      curve: values.isComplete ? type.init(values) : ConstantSchedule(), warmup: rise)
  }
}

/// The key that a learning rate or a weight has beside it, and those of what it says.
enum ScheduleKeys {
  static let schedule = Key.part(
    "schedule", "entry", as: .schedule, or: "`constant`",
    "How the number changes over the rounds.")
  static let type = Key.part("type", "one of the types below", "The curve.")

  static let all: [any AnyKey] = [type, RoundSchedule.warmup]
}
