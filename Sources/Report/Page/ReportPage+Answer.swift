import Console
import JSON
import Metrics
import Training

extension ReportPage {
  /// Of one run: each metric with its last figures, its best, and how it was made.
  var cards: [JSONValue] {
    guard runs.count == 1, let run = runs.first else { return [] }
    let ids = Dictionary(curves.map { ($0.title, $0.id) }) { first, _ in first }
    var metrics: [(name: String, protocolText: String, figures: [FigureSummary])] = []
    for summary in run.figureSummaries {
      let key = summary.key
      if let place = metrics.firstIndex(where: {
        $0.name == key.metric && $0.protocolText == key.protocolText
      }) {
        metrics[place].figures.append(summary)
      } else {
        metrics.append((key.metric, key.protocolText, [summary]))
      }
    }
    return metrics.compactMap { metric in
      let own = metric.figures.filter { !$0.key.isCompanion }
      guard let main = own.first else { return nil }
      let rest = own.dropFirst().map { Self.describe($0, curve: nil) }
      let first = Self.describe(main, curve: ids[main.key.title], beside: metric.figures)
      return .object([
        ("metric", .text(metric.name)), ("protocol", .text(metric.protocolText)),
        ("figures", .list([first] + rest)),
      ])
    }
  }

  private static func describe(
    _ summary: FigureSummary, curve: Int?, beside all: [FigureSummary] = []
  ) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", .text(summary.key.name)), ("value", .number(summary.last.value)),
    ]
    if let curve { members.append(("curve", .integer(curve))) }
    if let better = summary.key.better { members.append(("better", .text(better.rawValue))) }
    if let best = summary.best {
      members.append(
        ("best", .object([("round", .integer(best.round)), ("value", .number(best.value))])))
    }
    // Companions belong to the figure that is the metric's own value.
    guard summary.key.name == "value" else { return .object(members) }
    for (name, label) in [("floor", "floor"), ("reals", "of the data")] {
      if let level = all.first(where: { $0.key.name == name }) {
        members += [("level", .number(level.last.value)), ("levelName", .text(label))]
        break
      }
    }
    for name in ["spread", "low", "high"] {
      if let found = all.first(where: { $0.key.name == name }) {
        members.append((name, .number(found.last.value)))
      }
    }
    return .object(members)
  }

  /// Of several runs: each figure that all have, by groups, at the last round that all have.
  var figures: [JSONValue] {
    guard runs.count > 1 else { return [] }
    let keys = runs[0].figures.map(\.key).filter { key in
      !key.isCompanion && runs.allSatisfy { $0.figures.contains { $0.key == key } }
    }
    return keys.compactMap { key in
      let values = runs.map { $0.values(of: key) }
      let rounds = values.dropFirst().reduce(Set(values[0].keys)) { $0.intersection($1.keys) }
      guard let round = rounds.max() else { return nil }
      let last = values.map { $0[round] ?? .nan }
      // How many modes there are is no result.
      if key.better == nil, last.allSatisfy({ $0 == last[0] }) { return nil }
      return describe(key, round, last)
    }
  }

  private func describe(_ key: FigureKey, _ round: Int, _ values: [Double]) -> JSONValue {
    let contrasts = (comparison?.contrasts ?? []).enumerated().compactMap { index, all in
      all.first { $0.key == key }.map { describe($0, group: index + 1) }
    }
    return .object(
      [
        ("title", .text(key.title)), ("protocol", .text(key.protocolText)),
        ("round", .integer(round)),
        ("groups", .list(groups.groups.map { Self.describe($0.members.map { values[$0] }) })),
        ("contrasts", .list(contrasts)),
      ] + (key.better.map { [("better", .text($0.rawValue))] } ?? []))
  }

  private static func describe(_ values: [Double]) -> JSONValue {
    let summary = Summary(values)
    let interval = summary.interval
    // A mean of those that are finite would flatter who diverged.
    return .object([
      ("values", .list(values.map(JSONValue.number))), ("mean", .number(summary.mean)),
      ("reach", .number(values.count > 1 ? (interval.upperBound - interval.lowerBound) / 2 : .nan)),
    ])
  }

  private func describe(_ contrast: Contrast, group: Int) -> JSONValue {
    guard contrast.isFinite else {
      return .object(
        ["difference", "low", "high", "p"].map { ($0, .number(.nan)) } + [("verdict", .text("–"))])
    }
    let difference = contrast.difference
    let isPaired = contrast.differences.count > 1
    return .object([
      ("difference", .number(difference.mean)),
      ("low", .number(isPaired ? difference.interval.lowerBound : .nan)),
      ("high", .number(isPaired ? difference.interval.upperBound : .nan)),
      ("p", .number(isPaired ? contrast.probability : .nan)),
      (
        "verdict",
        .text(contrast.verdict(groups.groups[0].label, groups.groups[group].label))
      ),
    ])
  }
}
