import Diagnostics
import Syntax

extension MetricsChecker {
  /// A measure of the game that has a name; nil after a diagnostic.
  func read(
    _ metric: GameMetric, _ use: DefinitionUse, _ features: [FeatureSource]
  ) -> MetricEntry? {
    var reader = use.reader("metric '\(metric.name)'", context)
    let common = reader.values(of: MetricKeys.common)
    let own = reader.values(of: metric.keys)
    reader.finish()
    guard own.isComplete else { return nil }
    let name = common[MetricKeys.name] ?? use.type
    switch metric.form {
    case .expression(let text, let isTraining):
      let written = own.given(GameMetric.player)
      if let written, player(written) == nil { return nil }
      let draft = ExpressionDraft(
        lets: [], value: metric.located(text, player: written?.text), usedAt: use.type.span)
      var made = entry(name, draft, isTraining: isTraining, common)
      made?.type = metric.name
      return made
    case .measure(let make):
      guard context.identifier(name, "the metric") != nil,
        let source = source(of: own, features, metric.name, at: use.type.span),
        let subject = own.given(GameMetric.space) == nil
          ? subject(of: own, at: use.type.span) : path(of: own, metric.name, at: use.type.span)
      else { return nil }
      let samples = common[MetricKeys.samples]
      return MetricEntry(
        name: name.text, type: metric.name, measure: .game(make(subject)),
        every: common[MetricKeys.every], samples: samples, reals: samples,
        usesAverage: sample?.usesAverage ?? false, features: source.value, span: use.type.span)
    }
  }

  /// Whom and what a measure is about; nil after a diagnostic.
  private func subject(of own: KeyValues, at span: SourceSpan) -> GameMetric.Subject? {
    let written = own.given(GameMetric.player) ?? own.given(GameMetric.subject) ?? nil
    guard let player = player(written ?? LocatedText(text: "generator", at: span)) else {
      return nil
    }
    var subject = GameMetric.Subject(player: player.name, steps: own.given(GameMetric.steps) ?? [])
    if let written = own.given(GameMetric.adversary) {
      let place = written ?? LocatedText(text: "adversary", at: span)
      guard let adversary = self.player(place) else { return nil }
      guard adversary.name != player.name else {
        context.error(
          "the adversary of '\(player.name)' must be another player", at: place.span,
          hint: "say whose gradient it is by 'player', and who goes on by 'adversary'")
        return nil
      }
      subject.adversary = adversary.name
    }
    if let written = own.given(GameMetric.start) ?? nil {
      switch written.text {
      case "own": subject.start = .own
      case "fresh": subject.start = .fresh
      default:
        guard written.text.hasSuffix(".safetensors") else {
          context.error(
            "'\(written.text)' is no adversary to go on with", at: written.span,
            hint: suggestion(for: written.text, among: ["own", "fresh"])
              ?? "write own, fresh, or a checkpoint: runs/00001-x/checkpoint-002000.safetensors")
          return nil
        }
        subject.start = .checkpoint(path: written.asPath)
      }
    }
    if let written = own.given(GameMetric.penalty) {
      guard let penalty = penalty(written, of: player) else { return nil }
      subject.penalty = penalty
    }
    return subject
  }

  private func player(_ written: LocatedText) -> Player? {
    if let found = players.first(where: { $0.name == game.playerName(of: written.text) }) {
      return found
    }
    let known = players.map(\.name)
    context.error(
      "there is no player '\(written.text)'", at: written.span,
      hint: suggestion(for: written.text, among: known) ?? "players are \(listing(known))")
    return nil
  }

  private func penalty(_ written: LocatedText, of player: Player) -> String? {
    if let found = player.penalties.first(where: { $0.name == written.text }) {
      guard found.ownStep != nil else { return written.text }
      context.error(
        "'\(written.text)' has a step of its own, in which the gradient of no loss meets it",
        at: written.span, hint: "name another penalty, or leave its 'lazy' out")
      return nil
    }
    let known = player.penalties.map(\.name)
    context.error(
      "'\(player.name)' has no penalty '\(written.text)'", at: written.span,
      hint: suggestion(for: written.text, among: known)
        ?? (known.isEmpty ? "it has none" : "its penalties are \(listing(known))"))
    return nil
  }
}
