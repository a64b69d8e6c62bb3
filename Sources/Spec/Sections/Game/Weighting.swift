import Diagnostics
import Optimizers
import Syntax

/// How much a penalty counts, and when.
struct Weighting {
  var weight = Penalty.Weight.number(1)
  /// One of `scalars`, which then has the number and the schedule.
  var scalar: String?
  /// How a numeric weight changes over the rounds.
  var schedule = RoundSchedule()
  /// Due when the player's step count is a multiple of this.
  var every = 1
  /// Where it is a step of its own.
  var ownStep: OwnStep?

  static let weightKey = Key.completed(
    "weight", Form<WrittenWeight>.weight, by: "1, or the definition's",
    "Factor of a penalty, or the name of a scalar; `auto` keeps its gradient no larger than that of all else."
  )
  static let everyKey = Key.completed(
    "every", .integer(in: 1...Limits.size), by: "1, or the definition's",
    "Takes a penalty every so many steps of its player, times this number.")

  static let keys: [any AnyKey] = [weightKey, ScheduleKeys.schedule, everyKey]

  /// Those of a penalty in a spec.
  static let keysOfUses: [any AnyKey] = keys + OwnStep.keys

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
    if let node = weight ?? definition?.weight { result.take(node, reader) }
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
    if let node = reader.take(Self.weightKey) { take(node, reader) }
    if reader.take(ScheduleKeys.schedule) != nil || weight == .auto || scalar != nil {
      readSchedule(&reader, nil)
    }
    if reader.take(Self.everyKey) != nil { every = reader.value(of: Self.everyKey, or: 1) }
    ownStep = OwnStep.read(&reader, over: ownStep)
  }

  private mutating func readSchedule(_ reader: inout MappingReader, _ fallback: SpecNode?) {
    let faults = reader.context.faults
    schedule = RoundSchedule.read(&reader, fallback: fallback)
    let isFaulty = reader.context.faults > faults
    guard isFaulty || !schedule.isConstant,
      let node = reader.take(ScheduleKeys.schedule) ?? fallback
    else { return }
    if let scalar {
      reader.context.error(
        "\(reader.what) has a 'schedule', but its weight is the scalar '\(scalar)', which has its own",
        at: node.span, hint: "keep one of them")
    }
    guard weight == .auto else { return }
    reader.context.error(
      "\(reader.what) has a 'schedule', but its weight is auto", at: node.span,
      hint: "a schedule starts from a number; give the weight as one, or leave the schedule out")
  }

  private mutating func take(_ node: SpecNode, _ reader: MappingReader) {
    let key = Self.weightKey
    let written = key.form.read(node, reader.title(key.name), reader.context) ?? .number(1)
    (weight, scalar) = (.number(1), nil)
    switch written {
    case .auto: weight = .auto
    case .number(let number): weight = .number(number)
    case .scalar(let name): scalar = name
    }
  }

  /// The weight and its schedule, a scalar's where it is one.
  func resolved(
    by scalars: [String: ScheduledNumber]
  ) -> (weight: Penalty.Weight, schedule: RoundSchedule) {
    guard let number = scalar.flatMap({ scalars[$0] }) else { return (weight, schedule) }
    return (.number(number.start), number.schedule)
  }
}

/// What stands as a `weight`.
enum WrittenWeight: Hashable {
  case auto
  case number(Double)
  case scalar(String)
}

extension Form where Value == WrittenWeight {
  /// A number, a scalar, or `auto`.
  fileprivate static var weight: Form {
    Form(
      "number or `auto`", schema: .number,
      text: { written in
        switch written {
        case .auto: "auto"
        case .number(let number): short(number)
        case .scalar(let name): name
        }
      }
    ) { node, what, context in
      if node.scalar?.text == "auto" { return .auto }
      if let name = node.scalar?.text, context.scalarNames.contains(name) { return .scalar(name) }
      guard let text = node.scalar, context.numbers[text.text] == nil, text.text.isIdentifier
      else { return context.number(node, what).map { .number($0) } }
      context.error(
        "\(what) must be a number or 'auto', but found '\(text.text)'", at: node.span,
        hint: suggestion(
          for: text.text,
          among: ["auto"] + context.numbers.keys.sorted() + context.scalarNames.sorted()))
      return nil
    }
  }
}
