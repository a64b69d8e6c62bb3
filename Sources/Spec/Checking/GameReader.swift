import Diagnostics

/// Reads `objective`, `regularizers` and `players` into player drafts. (DESIGN 1.)
struct GameReader {
  private(set) var players: [PlayerDraft] = []
  /// The objective, where the spec names one.
  private(set) var objective: LocatedText?
  /// Which regularizer each player takes, in the order of the spec.
  private(set) var uses: [(type: LocatedText, player: String)] = []
  private let definitions: Definitions
  private let context: CheckingContext
  /// Penalties whose player is named by a role or below.
  private var penaltyNames: [String: SourceSpan] = [:]

  init(_ definitions: Definitions, _ context: CheckingContext) {
    self.definitions = definitions
    self.context = context
  }

  // MARK: Objective

  /// `wgan`, `{type: wgan, ...}` or `{wgan: {...}}`.
  mutating func readObjective(_ node: SpecNode?, _ names: inout Namespace) {
    guard let node, !node.isNull,
      let use = DefinitionUse(node, at: ["objective"], "objective", context)
    else { return }
    guard let definition = definitions.objectives[use.type.text] else {
      let known = definitions.objectives.keys.sorted()
      context.error(
        "unknown objective '\(use.type.text)'", at: use.type.span,
        hint: suggestion(for: use.type.text, among: known)
          ?? "objectives are \(listing(known)); your own stand in 'players'")
      return
    }
    objective = use.type
    var reader = use.reader("objective '\(use.type.text)'", context)
    let values = DefinitionParameter.values(
      of: definition.parameters, &reader, from: "objective \(use.type.text)")
    reader.finish()
    for entry in definition.players {
      let name = entry.key.moved(to: use.type.span)
      guard names.claim(name, as: "player", context) else { continue }
      var draft = PlayerDraft(name: name)
      read(entry, into: &draft, from: use.type, definition.parameters, values)
      players.append(draft)
    }
  }

  /// A player of an objective's definition.
  private func read(
    _ entry: SpecNode.Entry, into draft: inout PlayerDraft, from use: LocatedText,
    _ parameters: [DefinitionParameter], _ values: DefinitionParameter.Values
  ) {
    var reader = MappingReader(
      entry.value, "player '\(entry.key.text)'", at: ["objective", use.text], place: entry.key.span,
      context)
    draft.trains = reader.take("trains").flatMap { context.names($0, "'trains'") } ?? []
    draft.minimizes = reader.require("minimizes").flatMap {
      DefinitionText(key: "minimizes", node: $0).chosen(by: values.words, parameters, context)
    }
    draft.lets = lets(DefinitionText.readLets(&reader), values.words, parameters)
    draft.numbers = values.numbers
    draft.usedAt = use.span
    reader.finish()
  }

  private func lets(
    _ lets: [(name: LocatedText, text: DefinitionText)], _ words: [String: String],
    _ parameters: [DefinitionParameter]
  ) -> [LetText] {
    lets.compactMap { name, text in
      text.chosen(by: words, parameters, context).map { LetText(name: name, text: $0) }
    }
  }

  // MARK: Regularizers

  mutating func readRegularizers(_ node: SpecNode?) {
    guard let node, !node.isNull else { return }
    guard let items = node.items else {
      context.error(
        "'regularizers' must be a list, but found \(node.kindName)", at: node.span,
        hint: "write one '- ' per regularizer")
      return
    }
    for (index, item) in items.enumerated() {
      readRegularizer(item, at: ["regularizers", String(index)])
    }
  }

  private mutating func readRegularizer(_ node: SpecNode, at path: [String]) {
    // An entry with a `value` of its own needs no type.
    if let name = node["name"]?.scalar, node["type"] == nil, node["value"] != nil {
      let use = DefinitionUse(type: name, entries: node.entries ?? [], path: path)
      return readOwn(use)
    }
    guard let use = DefinitionUse(node, at: path, "regularizer", context) else { return }
    if let definition = definitions.regularizers[use.type.text] {
      return read(definition, use)
    }
    if use.entries.contains(where: { $0.key.text == "value" }) { return readOwn(use) }
    let known = definitions.regularizers.keys.sorted()
    context.error(
      "unknown regularizer '\(use.type.text)'", at: use.type.span,
      hint: suggestion(for: use.type.text, among: known)
        ?? "regularizers are \(listing(known)); one of your own needs 'player' and 'value'")
  }

  private mutating func read(_ definition: RegularizerDefinition, _ use: DefinitionUse) {
    var reader = use.reader("regularizer '\(use.type.text)'", context)
    let origin = "prelude \(use.type.text)"
    let name = reader.take("name").flatMap { context.string($0, "'name'") } ?? use.type
    let given = reader.take("player").flatMap { context.names($0, "'player'") }
    if given == nil {
      let players = definition.players.map(\.text)
      context.recordDefault(
        "player", players.count == 1 ? players[0] : describe(names: players), at: use.path,
        origin: origin)
    }
    let isPenalty = definition.kind == .penalty
    let weighting = isPenalty ? Weighting.read(&reader, definition, origin) : Weighting()
    let values = DefinitionParameter.values(of: definition.parameters, &reader, from: origin)
    reader.finish()
    let players = given ?? definition.players.map { $0.moved(to: use.type.span) }
    if players.isEmpty {
      context.error(
        "'player' of \(reader.what) names nobody", at: use.type.span,
        hint: "leave the regularizer out, or comment it out")
    }
    for player in players {
      guard let expression = expression(of: definition, for: player, values, at: use.type.span)
      else { return }
      uses.append((use.type, definitions.playerRoles[player.text] ?? player.text))
      let own = players.count == 1 ? name.text : "\(name.text)_\(player.text)"
      add(
        PenaltyDraft(
          name: name.moved(to: use.type.span).renamed(own), kind: definition.kind,
          weighting: weighting, expression: expression), to: player)
    }
  }

  /// The definition's value for one player, whose name `${player}` stands for.
  private func expression(
    of definition: RegularizerDefinition, for player: LocatedText,
    _ values: DefinitionParameter.Values, at use: SourceSpan
  ) -> ExpressionDraft? {
    var words = values.words
    words["player"] = definitions.playerRoles[player.text] ?? player.text
    guard let value = definition.value.chosen(by: words, definition.parameters, context) else {
      return nil
    }
    return ExpressionDraft(
      lets: lets(definition.lets, words, definition.parameters), value: value,
      numbers: values.numbers, usedAt: use)
  }

  /// A regularizer that the spec writes out: `player`, `value`, and what else it needs.
  private mutating func readOwn(_ use: DefinitionUse) {
    var reader = use.reader("regularizer '\(use.type.text)'", context)
    let name = reader.take("name").flatMap { context.string($0, "'name'") } ?? use.type
    let player = reader.require("player", example: "player: discriminator").flatMap {
      context.string($0, "'player'")
    }
    let draft = regularizer(named: name, RegularizerKind.read(&reader), &reader)
    reader.finish()
    guard let player, let draft else { return }
    add(draft, to: player)
  }

  /// Reads the weighting, `let` and `value`; nil after a diagnostic.
  private func regularizer(
    named name: LocatedText, _ kind: RegularizerKind, _ reader: inout MappingReader
  ) -> PenaltyDraft? {
    let weighting = kind == .penalty ? Weighting.read(&reader) : Weighting()
    let lets = LetText.readList(&reader)
    let value = reader.require("value", example: "value: mean(D(x)^2)").flatMap {
      context.string($0, "'value'")
    }
    guard let value, context.identifier(name, "the penalty") != nil else { return nil }
    return PenaltyDraft(
      name: name, kind: kind, weighting: weighting,
      expression: ExpressionDraft(lets: lets, value: value))
  }

  mutating func add(_ draft: PenaltyDraft, to player: LocatedText) {
    let name = definitions.playerRoles[player.text] ?? player.text
    guard claim(draft.name) else { return }
    pending.append((draft, player.renamed(name)))
  }

  private mutating func claim(_ name: LocatedText) -> Bool {
    if let first = penaltyNames[name.text] {
      context.error(
        "two penalties have the name '\(name.text)'", at: name.span,
        hint: "give one of them a 'name'",
        notes: [Diagnostic(.note, "the first one is here", at: first)])
      return false
    }
    penaltyNames[name.text] = name.span
    return true
  }

  /// Penalties that wait for all players to be known.
  private var pending: [(draft: PenaltyDraft, player: LocatedText)] = []

  // MARK: Players

  /// Reads `players`, which merges over what the objective and the regularizers made.
  mutating func readPlayers(_ node: SpecNode?, _ names: inout Namespace) {
    let entries = node.flatMap { $0.isNull ? nil : $0.entries } ?? []
    if let node, !node.isNull, node.entries == nil {
      context.error("'players' must be a mapping, but found \(node.kindName)", at: node.span)
    }
    for entry in entries where !players.contains(where: { $0.name.text == entry.key.text }) {
      if names.claim(entry.key, as: "player", context) {
        players.append(PlayerDraft(name: entry.key))
      }
    }
    assignPenalties()
    for entry in entries {
      if let index = players.firstIndex(where: { $0.name.text == entry.key.text }) {
        var draft = players[index]
        merge(entry, into: &draft)
        players[index] = draft
      }
    }
    if players.isEmpty, node?.span.file != nil || !context.diagnostics.hasErrors {
      context.error(
        "the spec has no players, so there is nothing to train", at: node?.span,
        hint: "add an 'objective', for example objective: wgan, or 'players'")
    }
  }

  mutating func assignPenalties() {
    for (draft, player) in pending {
      if let index = players.firstIndex(where: { $0.name.text == player.text }) {
        if draft.kind == .penalty {
          players[index].penalties.append(draft)
        } else {
          players[index].rules.append(draft)
        }
      } else {
        let known = players.map(\.name.text)
        context.error(
          "there is no player '\(player.text)' for penalty '\(draft.name.text)'", at: player.span,
          hint: suggestion(for: player.text, among: known)
            ?? (known.isEmpty ? "add an 'objective'" : "players are \(listing(known))"))
      }
    }
    pending = []
  }

  private mutating func merge(_ entry: SpecNode.Entry, into draft: inout PlayerDraft) {
    let what = "player '\(entry.key.text)'"
    var reader = MappingReader(
      entry.value, what, at: ["players", entry.key.text], place: entry.key.span, context)
    draft.name = entry.key
    if let node = reader.take("trains") {
      draft.trains = context.names(node, "'trains' of \(what)") ?? []
    }
    draft.steps = reader.integer("steps", default: 1, in: 1...Limits.kernel)
    let lets = LetText.readList(&reader)
    if let node = reader.take("minimizes") {
      draft.minimizes = context.string(node, "'minimizes' of \(what)")
      (draft.numbers, draft.usedAt, draft.lets) = ([:], nil, [])
    }
    draft.lets += lets
    draft.optimizer = reader.take("optimizer")
    if let node = reader.take("penalties") {
      mergePenalties(node, into: &draft, at: reader.child("penalties"))
    }
    let known = players.map(\.name.text).filter { $0 != entry.key.text }
    reader.finish()
    if draft.minimizes == nil {
      context.error(
        "\(what) has no 'minimizes'", at: entry.key.span,
        hint: suggestion(for: entry.key.text, among: known)
          ?? "write, for example, minimizes: mean(D(x)^2)")
    }
  }

  private mutating func mergePenalties(
    _ node: SpecNode, into draft: inout PlayerDraft, at path: [String]
  ) {
    guard let items = node.items else {
      context.error("'penalties' must be a list, but found \(node.kindName)", at: node.span)
      return
    }
    for (index, item) in items.enumerated() {
      var reader = MappingReader(item, "this penalty", at: path + [String(index)], context)
      guard
        let name = reader.require("name", example: "name: smoothness").flatMap({
          context.string($0, "'name'")
        })
      else {
        for key in Weighting.keys + ["let", "value"] { _ = reader.take(key) }
        reader.finish()
        continue
      }
      if let known = draft.penalties.firstIndex(where: { $0.name.text == name.text }) {
        patch(&draft.penalties[known], &reader)
      } else if let penalty = regularizer(named: name, .penalty, &reader), claim(name) {
        draft.penalties.append(penalty)
      }
      reader.finish()
    }
  }

  private func patch(_ draft: inout PenaltyDraft, _ reader: inout MappingReader) {
    draft.weighting.patch(&reader)
    let lets = LetText.readList(&reader)
    guard let node = reader.take("value"), let text = context.string(node, "'value'") else {
      draft.expression.lets.removeAll { own in lets.contains { $0.name.text == own.name.text } }
      draft.expression.lets += lets
      return
    }
    draft.expression = ExpressionDraft(lets: lets, value: text)
  }
}
