import Diagnostics
import Metrics
import Syntax

/// Reads `detectors`, behind the players and metrics that they watch.
struct DetectorsChecker {
  let players: [Player]
  let metrics: [MetricEntry]
  let context: CheckingContext

  /// What is watched for; entries with a fault are left out.
  func read(_ node: SpecNode?) -> [DetectorEntry] {
    guard let node, !node.isNull else { return [] }
    guard let items = node.items else {
      context.error(
        "'detectors' must be a list, but found \(node.kindName)", at: node.span,
        hint: "write one '- ' per detector")
      return []
    }
    var entries: [DetectorEntry] = []
    for (index, item) in items.enumerated() {
      guard let entry = read(item, at: ["detectors", String(index)]) else { continue }
      if let first = entries.first(where: { $0.name == entry.name }) {
        context.error(
          "two detectors have the name '\(entry.name)'", at: entry.span,
          hint: "give one of them a 'name'",
          notes: [Diagnostic(.note, "the first one is here", at: first.span)])
      } else {
        entries.append(entry)
      }
    }
    return entries
  }

  private func read(_ node: SpecNode, at path: [String]) -> DetectorEntry? {
    if node["figure"] != nil, node["type"] == nil { return readOwn(node, at: path) }
    guard let use = DefinitionUse(node, at: path, "detector", context) else { return nil }
    guard let type = DetectorType.named(use.type.text) else {
      let known = DetectorType.declarations.map(\.name)
      context.error(
        "unknown detector '\(use.type.text)'", at: use.type.span,
        hint: suggestion(
          for: use.type.text, among: known, others: DetectorType.declarations.synonyms)
          ?? "detectors are \(listing(known)); one of your own has a 'name' and a 'figure'")
      return nil
    }
    var reader = use.reader("detector '\(use.type.text)'", context)
    let common = reader.values(of: DetectorKeys.common)
    let values = reader.values(of: type.declaration.keys)
    reader.finish()
    let name = common[DetectorKeys.name] ?? use.type
    guard values.isComplete, context.identifier(name, "the detector") != nil,
      let rule = rule(of: type, values, at: use.type.span)
    else { return nil }
    return DetectorEntry(
      name: name.text, rule: rule, patience: values[DetectorKeys.patience(type.patience)],
      span: use.type.span)
  }

  private func rule(
    of type: DetectorType, _ values: KeyValues, at span: SourceSpan
  ) -> DetectorEntry.Rule? {
    switch type.subject {
    case .figures(let metricType, let limits):
      let metric = metric(ofType: metricType, values[DetectorKeys.metric], at: span)
      return metric.map { metric in
        .levels(
          limits(values).map { limit in
            DetectorEntry.Level(
              number: LoggedNumber(metric: metric, figure: limit.figure), above: limit.above,
              below: limit.below)
          })
      }
    case .penalties(let rise):
      let penalties = players.flatMap { player in
        player.penalties.map { LoggedNumber($0, of: player) }
      }
      guard !penalties.isEmpty else {
        context.error("no player has a penalty to watch", at: span)
        return nil
      }
      return .jump(
        penalties, rises: rise, times: values[DetectorKeys.times],
        window: values[DetectorKeys.window])
    case .progress: return plateau(values)
    }
  }

  private func plateau(_ values: KeyValues) -> DetectorEntry.Rule? {
    let figure = values[DetectorKeys.figure]
    guard let number = number(figure) else { return nil }
    guard
      let better = values[DetectorKeys.better].flatMap({ Direction(rawValue: $0) })
        ?? declaredDirection(of: number)
    else {
      context.error(
        "nothing says on which side '\(figure.text)' is better", at: figure.span,
        hint: "add better: less, or better: more")
      return nil
    }
    return .plateau(
      number, better: better, rounds: values[DetectorKeys.rounds],
      gain: values[DetectorKeys.gain])
  }

  private func declaredDirection(of number: LoggedNumber) -> Direction? {
    guard number.isOfMetric else { return nil }
    let entry = metrics.first { $0.name == number.path[1] }
    guard case .named(_, let declaration) = entry?.measure else { return nil }
    return declaration.better[number.path[2]]
  }

  /// `{name: blowup, figure: discriminator.loss, above: 100}`.
  private func readOwn(_ node: SpecNode, at path: [String]) -> DetectorEntry? {
    var reader = MappingReader(node, "the detector", at: path, context)
    let values = reader.values(of: DetectorKeys.own)
    reader.finish()
    guard values.isComplete, let number = number(values[DetectorKeys.figure]) else { return nil }
    guard let name = values[DetectorKeys.name] else {
      context.error(
        "a detector of your own needs a 'name'", at: node.span, hint: "write name: blowup")
      return nil
    }
    let (above, below) = (values[DetectorKeys.above], values[DetectorKeys.below])
    guard above != nil || below != nil else {
      context.error(
        "the detector '\(name.text)' has no limit", at: name.span,
        hint: "add above: 100, or below: 0.1")
      return nil
    }
    guard context.identifier(name, "the detector") != nil else { return nil }
    return DetectorEntry(
      name: name.text,
      rule: .levels([DetectorEntry.Level(number: number, above: above, below: below)]),
      patience: values[DetectorKeys.patience(2)], span: name.span)
  }
}

// MARK: - What is watched

extension DetectorsChecker {
  /// The metric of a type that an entry names or means; nil after a diagnostic.
  private func metric(
    ofType type: String, _ written: LocatedText?, at span: SourceSpan
  ) -> String? {
    let known = metrics.filter { $0.type == type }.map(\.name)
    if let written {
      if known.contains(written.text) { return written.text }
      context.error(
        "no metric '\(written.text)' is of type '\(type)'", at: written.span,
        hint: known.isEmpty ? "add \(type) to 'metrics'" : "there is \(listing(known))")
      return nil
    }
    if known.count == 1 { return known[0] }
    context.error(
      known.isEmpty
        ? "this watches the metric '\(type)', which is not there"
        : "this could watch \(listing(known))",
      at: span,
      hint: known.isEmpty
        ? "add to 'metrics', for example: {\(type): {every: 100, samples: 500}}"
        : "choose one by 'metric'")
    return nil
  }

  /// What a text with dots names in a line of metrics.jsonl; nil after a diagnostic.
  private func number(_ text: LocatedText) -> LoggedNumber? {
    let parts = text.text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if let metric = metrics.first(where: { $0.name == parts[0] }) {
      let figure = parts.count == 1 ? "value" : parts.dropFirst().joined(separator: ".")
      if let known = metric.figures, !known.contains(figure) {
        context.error(
          "the metric '\(metric.name)' has no figure '\(figure)'", at: text.span,
          hint: suggestion(for: figure, among: known)
            ?? "write \(metric.name). and one of \(listing(known))")
        return nil
      }
      return LoggedNumber(metric: parts[0], figure: figure)
    }
    guard let player = players.first(where: { $0.name == parts[0] }) else {
      let known = metrics.map(\.name) + players.map(\.name)
      context.error(
        "'\(text.text)' is no figure: there is no metric and no player '\(parts[0])'",
        at: text.span,
        hint: suggestion(for: parts[0], among: known) ?? "there is \(listing(known))")
      return nil
    }
    let numbers = numbers(of: player)
    let name = parts.dropFirst().joined(separator: ".")
    guard let found = numbers.first(where: { $0.name == name }) else {
      let known = numbers.map(\.name)
      context.error(
        "player '\(player.name)' logs no '\(name)'", at: text.span,
        hint: suggestion(for: name, among: known) ?? "it logs \(listing(known))")
      return nil
    }
    return found.number
  }

  /// What is logged of a player and its penalties, each by what a spec writes behind the player's name.
  private func numbers(of player: Player) -> [(name: String, number: LoggedNumber)] {
    var numbers = [(name: "loss", number: LoggedNumber([player.name, "loss"]))]
    for penalty in player.penalties {
      let value = LoggedNumber(penalty, of: player)
      numbers.append((name: penalty.name, number: value))
      if penalty.ownStep == nil {
        let weight = "\(penalty.name).weight"
        numbers.append((name: weight, number: LoggedNumber([player.name, weight])))
      } else {
        numbers.append((name: "\(penalty.name).loss", number: value))
      }
    }
    return numbers
  }
}

extension LoggedNumber {
  /// A penalty's value; of one with a step of its own, which logs no other number, what that step minimizes.
  fileprivate init(_ penalty: Penalty, of player: Player) {
    let isOwn = penalty.ownStep != nil
    self.init(
      isOwn ? [OwnSteps.name(of: penalty, player), "loss"] : [player.name, penalty.name])
  }
}
