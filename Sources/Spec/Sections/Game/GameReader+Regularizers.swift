import Diagnostics
import Syntax

/// Reads `regularizers`: uses of definitions, and what the spec writes out itself.
extension GameReader {
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
    let name = reader.given(RegularizerKeys.name) ?? use.type
    let given = reader.given(RegularizerKeys.players)
    if given == nil {
      let players = definition.players.map(\.text)
      context.recordDefault(
        "player", players.count == 1 ? players[0] : describe(names: players), at: use.path,
        origin: origin)
    }
    let isPenalty = definition.kind == .penalty
    var weighting = isPenalty ? Weighting.read(&reader, definition, origin) : Weighting()
    if isPenalty { weighting.ownStep = OwnStep.read(&reader) }
    let values = DefinitionParameter.values(
      of: definition.parameters, meeting: definition.requirements, &reader, from: origin)
    reader.finish()
    let players = given ?? definition.players.map { $0.moved(to: use.type.span) }
    refuseNobody(players, reader.what, at: use.type.span)
    for player in players {
      guard let expression = expression(of: definition, for: player, values, at: use.type.span)
      else { return }
      uses.append((use.type, definitions.player(player.text)))
      let own = players.count == 1 ? name.text : "\(name.text)_\(definitions.player(player.text))"
      add(
        RegularizerDraft(
          name: name.moved(to: use.type.span).renamed(own), kind: definition.kind,
          weighting: weighting, expression: expression), to: player)
    }
  }

  /// The definition's value for one player, whose name `${player}` stands for.
  private func expression(
    of definition: RegularizerDefinition, for player: LocatedText,
    _ values: DefinitionParameter.Values, at use: SourceSpan
  ) -> ExpressionDraft? {
    var values = values
    values.words["player"] = definitions.player(player.text)
    guard let value = definition.value.chosen(by: values, definition.parameters, context) else {
      return nil
    }
    return ExpressionDraft(
      lets: lets(definition.lets, values, definition.parameters), value: value,
      numbers: values.numbers, usedAt: use)
  }

  /// A regularizer that the spec writes out: `player`, one or several, `value`, and what else it needs.
  private mutating func readOwn(_ use: DefinitionUse) {
    var reader = use.reader("regularizer '\(use.type.text)'", context)
    let name = reader.given(RegularizerKeys.name) ?? use.type
    let players = reader.value(of: RegularizerKeys.ownPlayers)
    let draft = regularizer(named: name, RegularizerKind.read(&reader), &reader)
    reader.finish()
    guard let players, let draft else { return }
    refuseNobody(players, reader.what, at: use.type.span)
    for player in players {
      var own = draft
      if players.count > 1 {
        own.name = name.renamed("\(name.text)_\(definitions.player(player.text))")
      }
      add(own, to: player)
    }
  }

  private func refuseNobody(_ players: [LocatedText], _ what: String, at place: SourceSpan) {
    guard players.isEmpty else { return }
    context.error(
      "'player' of \(what) names nobody", at: place,
      hint: "leave the regularizer out, or comment it out")
  }

  /// Reads the weighting, `let` and `value`; nil after a diagnostic.
  func regularizer(
    named name: LocatedText, _ kind: RegularizerKind, _ reader: inout MappingReader
  ) -> RegularizerDraft? {
    var weighting = kind == .penalty ? Weighting.read(&reader) : Weighting()
    if kind == .penalty { weighting.ownStep = OwnStep.read(&reader) }
    let lets = LetText.readList(&reader)
    let value = reader.value(of: RegularizerKeys.value)
    guard let value, context.identifier(name, "the \(kind.title)") != nil else { return nil }
    return RegularizerDraft(
      name: name, kind: kind, weighting: weighting,
      expression: ExpressionDraft(lets: lets, value: value))
  }

  mutating func add(_ draft: RegularizerDraft, to player: LocatedText) {
    let name = definitions.player(player.text)
    guard claim(draft.name) else { return }
    pending.append((draft, player.renamed(name)))
  }

  mutating func claim(_ name: LocatedText) -> Bool {
    if let first = regularizerNames[name.text] {
      context.error(
        "two regularizers have the name '\(name.text)'", at: name.span,
        hint: "give one of them a 'name'",
        notes: [Diagnostic(.note, "the first one is here", at: first)])
      return false
    }
    regularizerNames[name.text] = name.span
    return true
  }
}
