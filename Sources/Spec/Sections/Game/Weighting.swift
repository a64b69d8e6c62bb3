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

  static let keys = ["weight", "schedule", "every"]

  /// Reads `weight`, `schedule` and `every`; what is left out is as `definition` has it.
  static func read(
    _ reader: inout MappingReader, _ definition: RegularizerDefinition? = nil,
    _ origin: String = "default"
  ) -> Weighting {
    var result = Weighting()
    let context = reader.context
    let weight = reader.take("weight")
    if weight == nil {
      let known = definition?.weight?.scalar?.text ?? "1"
      context.recordDefault("weight", known, at: reader.path, origin: origin)
    }
    if let node = weight ?? definition?.weight { result.weight = Self.weight(node, reader) }
    result.readSchedule(&reader, definition?.schedule)
    if let fallback = definition?.every, reader.take("every") == nil {
      result.every = context.integer(fallback, "'every'", in: 1...Limits.size) ?? 1
    } else {
      result.every = reader.integer("every", default: 1, in: 1...Limits.size)
    }
    return result
  }

  /// Takes what stands in the mapping in place of what was read before.
  mutating func patch(_ reader: inout MappingReader) {
    if let node = reader.take("weight") { weight = Self.weight(node, reader) }
    if reader.take("schedule") != nil || weight == .auto { readSchedule(&reader, nil) }
    if reader.take("every") != nil {
      every = reader.integer("every", default: 1, in: 1...Limits.size)
    }
  }

  private mutating func readSchedule(_ reader: inout MappingReader, _ fallback: SpecNode?) {
    let faults = reader.context.faults
    schedule = RoundSchedule.read(&reader, fallback: fallback)
    let isFaulty = reader.context.faults > faults
    guard weight == .auto, isFaulty || !schedule.isConstant,
      let node = reader.take("schedule") ?? fallback
    else { return }
    reader.context.error(
      "\(reader.what) has a 'schedule', but its weight is auto", at: node.span,
      hint: "a schedule starts from a number; give the weight as one, or leave the schedule out")
  }

  private static func weight(_ node: SpecNode, _ reader: MappingReader) -> Penalty.Weight {
    let context = reader.context
    if node.scalar?.text == "auto" { return .auto }
    guard let text = node.scalar, context.numbers[text.text] == nil, text.text.isIdentifier
    else {
      return .number(context.number(node, "'weight' of \(reader.what)") ?? 1)
    }
    context.error(
      "'weight' of \(reader.what) must be a number or 'auto', but found '\(text.text)'",
      at: node.span,
      hint: suggestion(for: text.text, among: ["auto"] + context.numbers.keys.sorted()))
    return .number(1)
  }
}
