import Diagnostics
import Optimizers
import Syntax

/// Reads `objective`, `regularizers` and `players` into player drafts.
struct GameReader {
  private(set) var players: [PlayerDraft] = []
  /// The objective, where the spec names one.
  private(set) var objective: LocatedText?
  /// What the objective says that samples go through.
  private var sampleMap = SampleSource.Map.identity
  /// Players of the objective, whose networks it speaks of.
  private var objectivePlayers: Set<String> = []
  /// Which regularizer each player takes, in the order of the spec.
  var uses: [(type: LocatedText, player: String)] = []
  let definitions: Definitions
  let context: CheckingContext
  var regularizerNames: [String: SourceSpan] = [:]
  /// Regularizers that wait for all players to be known.
  var pending: [(draft: RegularizerDraft, player: LocatedText)] = []
  /// Players that a faulty objective would have made; nothing is known of what they train and minimize.
  private(set) var unknownPlayers: Set<String> = []

  init(_ definitions: Definitions, _ context: CheckingContext) {
    self.definitions = definitions
    self.context = context
  }

  // MARK: Objective

  /// `wgan`, `{type: wgan, ...}` or `{wgan: {...}}`.
  mutating func readObjective(_ node: SpecNode?, _ names: inout Namespace) {
    guard let node, !node.isNull else { return }
    guard let use = DefinitionUse(node, at: ["objective"], "objective", context) else {
      return assumePlayers(node)
    }
    guard let definition = definitions.objectives[use.type.text] else {
      let known = definitions.objectives.keys.sorted()
      context.error(
        "unknown objective '\(use.type.text)'", at: use.type.span,
        hint: suggestion(for: use.type.text, among: known)
          ?? "objectives are \(listing(known)); your own stand in 'players'")
      return assumePlayers(node)
    }
    objective = use.type
    var reader = use.reader("objective '\(use.type.text)'", context)
    let values = DefinitionParameter.values(
      of: definition.parameters, meeting: definition.requirements, &reader,
      from: "objective \(use.type.text)")
    reader.finish()
    if let text = definition.samples?.chosen(by: values, definition.parameters, context) {
      readSampleMap(text)
    }
    for entry in definition.players {
      let own = entry.key.moved(to: use.type.span)
      let name = own.renamed(definitions.player(own.text))
      guard names.claim(name, as: "player", context) else {
        unknownPlayers.insert(name.text)
        continue
      }
      objectivePlayers.insert(name.text)
      var draft = PlayerDraft(name: name)
      read(entry, into: &draft, from: use.type, definition.parameters, values)
      players.append(draft)
    }
  }

  private mutating func readSampleMap(_ text: LocatedText) {
    let known = SampleSource.Map.allCases.map(\.rawValue)
    if let map = SampleSource.Map(rawValue: text.text) {
      sampleMap = map
    } else {
      context.error(
        "'samples' of an objective must be \(alternatives(known)), but found '\(text.text)'",
        at: text.span, hint: suggestion(for: text.text, among: known))
    }
  }

  /// What samples of a network go through, by the objective; once all players are read.
  func sampleMap(of network: String) -> SampleSource.Map {
    let isObjectives = players.contains { player in
      objectivePlayers.contains(player.name.text)
        && player.trains.contains { $0.text == network }
    }
    return isObjectives ? sampleMap : .identity
  }

  /// Takes every player that some objective has for one of the faulty one, so that whatever else the spec says of it
  /// is looked at, and nothing is called missing that the objective would have brought.
  private mutating func assumePlayers(_ node: SpecNode) {
    for objective in definitions.objectives.values {
      for entry in objective.players {
        let name = definitions.player(entry.key.text)
        guard unknownPlayers.insert(name).inserted else { continue }
        players.append(PlayerDraft(name: LocatedText(text: name, at: node.span)))
      }
    }
    players.sort { $0.name.text < $1.name.text }
  }

  /// A player of an objective's definition.
  private func read(
    _ entry: SpecNode.Entry, into draft: inout PlayerDraft, from use: LocatedText,
    _ parameters: [DefinitionParameter], _ values: DefinitionParameter.Values
  ) {
    var reader = MappingReader(
      entry.value, "player '\(entry.key.text)'",
      at: ["define", "objectives", use.text, "players", entry.key.text],
      place: entry.key.span,
      context)
    draft.trains = reader.given(DefinedPlayerKeys.trains) ?? []
    draft.minimizes = reader.value(of: DefinedPlayerKeys.minimizes).flatMap {
      DefinitionText(key: "minimizes", node: $0).chosen(by: values, parameters, context)
    }
    draft.lets = lets(DefinitionText.readLets(&reader), values, parameters)
    draft.numbers = values.numbers
    draft.usedAt = use.span
    reader.finish()
  }

  func lets(
    _ lets: [(name: LocatedText, text: DefinitionText)], _ values: DefinitionParameter.Values,
    _ parameters: [DefinitionParameter]
  ) -> [LetText] {
    lets.compactMap { name, text in
      text.chosen(by: values, parameters, context).map { LetText(name: name, text: $0) }
    }
  }

  // MARK: Players

  /// Reads `players`, which merges over what the objective and the regularizers made.
  ///
  /// `spec` is where a complaint about a spec without players points.
  mutating func readPlayers(_ node: SpecNode?, of spec: SourceSpan, _ names: inout Namespace) {
    let entries = node.flatMap { $0.isNull ? nil : $0.entries } ?? []
    if let node, !node.isNull, node.entries == nil {
      context.error("'players' must be a mapping, but found \(node.kindName)", at: node.span)
    }
    for entry in entries where !players.contains(where: { $0.name.text == entry.key.text }) {
      if names.claim(entry.key, as: "player", context) {
        players.append(PlayerDraft(name: entry.key))
      }
    }
    assignRegularizers()
    for entry in entries {
      if let index = players.firstIndex(where: { $0.name.text == entry.key.text }) {
        var draft = players[index]
        merge(entry, into: &draft)
        players[index] = draft
      }
    }
    if players.isEmpty, node?.span.file != nil || !context.diagnostics.hasErrors {
      context.error(
        "the spec has no players, so there is nothing to train", at: node?.span ?? spec,
        hint: "add an 'objective', for example objective: wgan, or 'players'")
    }
  }

  mutating func assignRegularizers() {
    for (draft, player) in pending {
      if let index = players.firstIndex(where: { $0.name.text == player.text }) {
        if draft.kind == .penalty {
          players[index].penalties.append(draft)
        } else {
          players[index].rules.append(draft)
        }
      } else if !unknownPlayers.contains(player.text) {
        let known = players.map(\.name.text)
        context.error(
          "there is no player '\(player.text)' for \(draft.kind.title) '\(draft.name.text)'",
          at: player.span,
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
    if let trains = reader.given(PlayerKeys.trains) { draft.trains = trains }
    draft.steps = reader.value(of: PlayerKeys.steps) ?? 1
    draft.moreSteps = reader.take(PlayerKeys.moreSteps).flatMap {
      MoreSteps.read($0, "'more_steps' of \(what)", at: reader.child("more_steps"), context)
    }
    draft.batch = reader.given(PlayerKeys.batch)
    draft.batchSpan = reader.take(PlayerKeys.batch)?.span
    let lets = LetText.readList(&reader)
    if reader.take(PlayerKeys.minimizes) != nil {
      draft.minimizes = reader.given(PlayerKeys.minimizes)
      (draft.numbers, draft.usedAt, draft.lets) = ([:], nil, [])
    }
    draft.lets += lets
    draft.optimizer = reader.take(PlayerKeys.optimizer)
    if let node = reader.take(PlayerKeys.penalties) {
      mergePenalties(node, into: &draft, at: reader.child("penalties"))
    }
    let known = players.map(\.name.text).filter { $0 != entry.key.text }
    reader.finish()
    if draft.minimizes != nil, !draft.trains.isEmpty {
      unknownPlayers.remove(entry.key.text)
    } else if draft.minimizes == nil, !unknownPlayers.contains(entry.key.text) {
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
      guard let name = reader.value(of: PenaltyKeys.name) else {
        for key in PenaltyKeys.all { _ = reader.take(named: key.name) }
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

  private func patch(_ draft: inout RegularizerDraft, _ reader: inout MappingReader) {
    draft.weighting.patch(&reader)
    let lets = LetText.readList(&reader)
    guard reader.take(RegularizerKeys.value) != nil,
      let text = reader.value(of: RegularizerKeys.value)
    else {
      draft.expression.lets.removeAll { own in lets.contains { $0.name.text == own.name.text } }
      draft.expression.lets += lets
      return
    }
    draft.expression = ExpressionDraft(lets: lets, value: text)
  }
}
