import Diagnostics
import Functions
import Optimizers
import Syntax

/// One entry of `state` before its expression is checked.
struct StateDraft {
  var name: LocatedText
  var shape: [Int]
  var initial: Double
  var player: LocatedText
  var becomes: ExpressionDraft
}

/// A number and how it changes over the rounds.
struct ScheduledNumber {
  var start: Double
  var schedule: RoundSchedule
}

/// The keys of an entry of `scalars`.
enum ScalarKeys {
  static let value = Key.required(
    "value", .number(), example: "value: 0.1", "The number, in the first round.")

  static let all: [any AnyKey] = [value, ScheduleKeys.schedule]
}

/// The keys of an entry of `state`.
enum StateKeys {
  static let shape = Key.optional(
    "shape", Form<[Int]>.shape, or: "one number", "Shape of a value without samples.")
  static let initial = Key("init", .number(), default: 0.0, "What it starts at.")
  static let player = Key.required(
    "player", Form<LocatedText>.text.described("a player"), example: "player: discriminator",
    "In whose steps it moves.")
  static let becomes = Key.required(
    "becomes", Form<LocatedText>.expression, example: "becomes: 0.99*average + 0.01*v",
    "What a step makes of it.")

  static let all: [any AnyKey] = [shape, initial, player, LetText.key, becomes]
}

/// Numbers and values of the game that expressions may name: `scalars` and `state`.
struct GameNumbers {
  /// What expressions may name.
  var scalars: [String: StepNumber] {
    var result: [String: StepNumber] = [ExpressionEnvironment.round: .round]
    for (name, number) in named {
      result[name] = .scheduled(name: name, start: number.start, schedule: number.schedule)
    }
    return result
  }
  /// Numbers on a schedule, by name.
  private(set) var named: [String: ScheduledNumber] = [:]
  private(set) var state: [StateDraft] = []
  /// Names that a fault left without a value.
  private(set) var failed: Set<String> = []

  init(_ top: inout MappingReader, _ names: inout Namespace) {
    let context = top.context
    for entry in Self.entries(
      top.take(SpecKeys.scalars), "scalars", "scalars: {noise: {value: 0.1}}", context)
    {
      guard names.claim(entry.key, as: "scalar", context) else { continue }
      readScalar(entry, context)
    }
    let example = "state: {k: {init: 0, player: discriminator, becomes: k + 1}}"
    for entry in Self.entries(top.take(SpecKeys.state), "state", example, context) {
      guard names.claim(entry.key, as: "state", context) else { continue }
      readState(entry, context)
    }
  }

  private static func entries(
    _ node: SpecNode?, _ key: String, _ example: String, _ context: CheckingContext
  ) -> [SpecNode.Entry] {
    guard let node else { return [] }
    if let entries = node.entries { return entries }
    context.error(
      "'\(key)' must be a mapping of names, but found \(node.kindName)", at: node.span,
      hint: "write, for example, \(example)")
    return []
  }

  /// `noise: {value: 0.1, schedule: {linear: {over: 10k steps}}}`.
  private mutating func readScalar(_ entry: SpecNode.Entry, _ context: CheckingContext) {
    let name = entry.key.text
    var reader = MappingReader(
      entry.value, "scalar '\(name)'", at: ["scalars", name], place: entry.key.span, context)
    let value = reader.value(of: ScalarKeys.value)
    let schedule = RoundSchedule.read(&reader)
    reader.finish()
    guard let value else {
      failed.insert(name)
      return
    }
    named[name] = ScheduledNumber(start: value, schedule: schedule)
  }

  /// `k: {init: 0, player: discriminator, becomes: clamp(k + 0.001*balance, 0, 1), let: {...}}`.
  private mutating func readState(_ entry: SpecNode.Entry, _ context: CheckingContext) {
    let name = entry.key.text
    var reader = MappingReader(
      entry.value, "state '\(name)'", at: ["state", name], place: entry.key.span, context)
    let faults = context.faults
    let values = reader.values(of: StateKeys.all)
    let lets = LetText.readList(&reader)
    reader.finish()
    guard context.faults == faults, let player = values.given(StateKeys.player),
      let becomes = values.given(StateKeys.becomes)
    else {
      failed.insert(name)
      return
    }
    state.append(
      StateDraft(
        name: entry.key, shape: values[StateKeys.shape] ?? [], initial: values[StateKeys.initial],
        player: player, becomes: ExpressionDraft(lets: lets, value: becomes)))
  }
}

extension GameChecker {
  /// The values of the game, each with what moves it; those with a fault left out.
  func checkState(_ numbers: GameNumbers, players: [Player]) -> [StateVariable] {
    numbers.state.compactMap { draft in
      guard let player = player(of: draft, players) else { return nil }
      let name = draft.name.text
      let type: ValueType =
        draft.shape.isEmpty ? .scalar : .init(.init(hasBatch: false, draft.shape))
      guard
        let (bindings, value) = check(
          draft.becomes, scope: name, valueName: "becomes", type: type)
      else { return nil }
      if let average = (bindings.map(\.value) + [value]).lazy.compactMap(\.firstAverage).first {
        context.error(
          "a state is no running average of another kind", at: average.span,
          hint: "it averages by itself: 0.99*\(name) + 0.01*v")
        return nil
      }
      let owner = Player(
        name: name, trains: [], steps: 1, batch: player.batch, batchSpan: nil, minimizes: value,
        bindings: bindings, penalties: [], optimizer: .none, span: draft.name.span)
      ExpressionRules(players: players + [owner], streams: streams).check(outside: owner, context)
      return StateVariable(
        name: name, shape: draft.shape, initial: draft.initial, player: player.name,
        bindings: bindings, becomes: value, span: draft.name.span)
    }
  }

  private func player(of draft: StateDraft, _ players: [Player]) -> Player? {
    let name = playerName(of: draft.player.text)
    if let found = players.first(where: { $0.name == name }) {
      guard found.penalties.contains(where: { $0.name == draft.name.text }) else { return found }
      context.error(
        "state '\(draft.name.text)' has the name of a penalty of '\(name)'", at: draft.name.span,
        hint: "both are logged; choose another name")
      return nil
    }
    let known = players.map(\.name)
    if !known.isEmpty {
      context.error(
        "there is no player '\(draft.player.text)'", at: draft.player.span,
        hint: suggestion(for: draft.player.text, among: known) ?? "players are \(listing(known))")
    }
    return nil
  }
}
