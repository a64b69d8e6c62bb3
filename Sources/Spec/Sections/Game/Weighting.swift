import Diagnostics
import Optimizers
import Syntax

/// How much a penalty counts, and when.
struct Weighting {
  var weight = Penalty.Weight.number(1)
  /// How a numeric weight changes over the rounds.
  var schedule = RoundSchedule()
  /// Due when the player's step count is a multiple of this.
  var every = 1

  static let weightKey = Key.completed(
    "weight", Form<Penalty.Weight>.weight, by: "1, or the definition's",
    "Factor of a penalty; `auto` keeps its gradient no larger than that of all else.")
  static let everyKey = Key.completed(
    "every", .integer(in: 1...Limits.size), by: "1, or the definition's",
    "Takes a penalty every so many steps of its player, times this number.")

  static let keys: [any AnyKey] = [weightKey, ScheduleKeys.schedule, everyKey]

  /// Reads `weight`, `schedule` and `every`; what is left out is as `definition` has it.
  static func read(
    _ reader: inout MappingReader, _ definition: RegularizerDefinition? = nil,
    _ origin: String = "default"
  ) -> Weighting {
    var result = Weighting()
    let context = reader.context
    let weight = reader.take(weightKey)
    if weight == nil {
      let known = definition?.weight?.scalar?.text ?? "1"
      context.recordDefault("weight", known, at: reader.path, origin: origin)
    }
    if let node = weight ?? definition?.weight { result.weight = Self.weight(node, reader) }
    result.readSchedule(&reader, definition?.schedule)
    if let fallback = definition?.every, reader.take(everyKey) == nil {
      result.every = everyKey.form.read(fallback, "'every'", context) ?? 1
    } else {
      result.every = reader.value(of: everyKey, or: 1)
    }
    return result
  }

  /// Takes what stands in the mapping in place of what was read before.
  mutating func patch(_ reader: inout MappingReader) {
    if let node = reader.take(Self.weightKey) { weight = Self.weight(node, reader) }
    if reader.take(ScheduleKeys.schedule) != nil || weight == .auto { readSchedule(&reader, nil) }
    if reader.take(Self.everyKey) != nil { every = reader.value(of: Self.everyKey, or: 1) }
  }

  private mutating func readSchedule(_ reader: inout MappingReader, _ fallback: SpecNode?) {
    let faults = reader.context.faults
    schedule = RoundSchedule.read(&reader, fallback: fallback)
    let isFaulty = reader.context.faults > faults
    guard weight == .auto, isFaulty || !schedule.isConstant,
      let node = reader.take(ScheduleKeys.schedule) ?? fallback
    else { return }
    reader.context.error(
      "\(reader.what) has a 'schedule', but its weight is auto", at: node.span,
      hint: "a schedule starts from a number; give the weight as one, or leave the schedule out")
  }

  private static func weight(_ node: SpecNode, _ reader: MappingReader) -> Penalty.Weight {
    weightKey.form.read(node, reader.title(weightKey.name), reader.context) ?? .number(1)
  }
}

extension Form where Value == Penalty.Weight {
  /// A number, or `auto`.
  fileprivate static var weight: Form {
    Form(
      "number or `auto`", schema: .number,
      text: { if case .number(let number) = $0 { short(number) } else { "auto" } }
    ) { node, what, context in
      if node.scalar?.text == "auto" { return .auto }
      guard let text = node.scalar, context.numbers[text.text] == nil, text.text.isIdentifier
      else { return context.number(node, what).map { .number($0) } }
      context.error(
        "\(what) must be a number or 'auto', but found '\(text.text)'", at: node.span,
        hint: suggestion(for: text.text, among: ["auto"] + context.numbers.keys.sorted()))
      return nil
    }
  }
}
