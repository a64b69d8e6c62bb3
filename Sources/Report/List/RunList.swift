import Console
import Diagnostics
import JSON
import Metrics
import Training

/// The runs of a folder: how far each has come, its best figures and its size.
package struct RunList: Sendable {
  private let runs: [Run]
  private let place: String
  /// Of folders that look like runs and cannot be read.
  package let warnings: [Diagnostic]

  /// Columns for figures; more are in the JSON.
  private static let columnLimit = 4

  package init(_ runs: [Run]) {
    (self.runs, place, warnings) = (runs, "", [])
  }

  /// Reads the runs in `folders`, or those that they are.
  ///
  /// - Throws: a diagnostic where there is no such folder.
  package init(folders: [String]) throws(Diagnostic) {
    var runs: [Run] = []
    var warnings: [Diagnostic] = []
    for folder in folders.map({ Folder($0) }) {
      if folder.entries.contains("spec.yaml") {
        runs.append(try Run(path: folder.path))
      } else {
        guard folder.exists else {
          throw Diagnostic(
            .error, "there is no folder '\(folder.path)'",
            hint: "runs are in 'runs' unless --out says otherwise")
        }
        Self.add(runsIn: folder, to: &runs, &warnings)
      }
    }
    (self.runs, self.warnings) = (runs, warnings)
    place = folders.map { "'\(Folder($0).path)'" }.joined(separator: ", ")
  }

  private static func add(
    runsIn folder: Folder, to runs: inout [Run], _ warnings: inout [Diagnostic]
  ) {
    for entry in folder.entries where Folder(folder.file(entry)).entries.contains("spec.yaml") {
      do throws(Diagnostic) {
        runs.append(try Run(path: folder.file(entry)))
      } catch {
        var warning = error
        warning.level = .warning
        warnings.append(warning)
      }
    }
  }
}

// MARK: - Text

extension RunList {
  /// A row for each run, and what the figures are.
  package var text: String {
    guard !runs.isEmpty else { return place.isEmpty ? "no runs\n" : "no runs in \(place)\n" }
    let summaries = runs.map(\.figureSummaries)
    let keys = Self.columns(of: summaries)
    let shown = Array(keys.prefix(Self.columnLimit))
    let warns = runs.contains { !$0.metrics.warnings.isEmpty }
    var table = TextTable(
      [("run", .left), ("state", .left), ("rounds", .right), ("time", .right)]
        + shown.map { (title: Self.title(of: $0, among: keys), alignment: .right) }
        + [("size", .right)] + (warns ? [("warnings", .left)] : []))
    for (run, figures) in zip(runs, summaries) {
      table.add(
        [run.name, run.state.rawValue, roundsText(run), run.seconds.map(clockText) ?? "-"]
          + shown.map { key in Self.cell(figures.first { $0.key == key }) }
          + [byteText(run.byteCount)] + (warns ? [Self.warningsText(run)] : []))
    }
    return table.text + footnote(shown, all: keys)
  }

  /// Figures that have a better side, each metric's first before the second of any.
  private static func columns(of summaries: [[FigureSummary]]) -> [FigureKey] {
    var keys: [FigureKey] = []
    for summary in summaries.joined() where summary.key.better != nil {
      if !keys.contains(summary.key) { keys.append(summary.key) }
    }
    let firsts = keys.filter { key in
      keys.first { $0.metric == key.metric && $0.protocolText == key.protocolText } == key
    }
    return firsts + keys.filter { !firsts.contains($0) }
  }

  /// Figures of one name that were made differently have columns of their own.
  private static func title(of key: FigureKey, among keys: [FigureKey]) -> String {
    let alike = keys.filter { $0.title == key.title }
    guard alike.count > 1, let place = alike.firstIndex(of: key) else { return key.title }
    return "\(key.title) (\(place + 1))"
  }

  private static func cell(_ summary: FigureSummary?) -> String {
    guard let summary else { return "-" }
    guard let best = summary.best else { return "not finite" }
    return "\(shortText(best.value)) @\(best.round)"
  }

  /// `collapse @80, plateau @400`: each detector once, with the round where it first saw something begin.
  private static func warningsText(_ run: Run) -> String {
    var firsts: [RunWarning] = []
    for warning in run.metrics.warnings
    where !firsts.contains(where: { $0.detector == warning.detector }) { firsts.append(warning) }
    return firsts.map { "\($0.detector) @\($0.since)" }.joined(separator: ", ")
  }

  private func roundsText(_ run: Run) -> String {
    let total = run.total ?? run.round
    // Whoever resumes may train on.
    return run.round >= total
      ? groupedText(run.round) : "\(groupedText(run.round)) of \(groupedText(total))"
  }

  private func footnote(_ shown: [FigureKey], all keys: [FigureKey]) -> String {
    guard !shown.isEmpty else { return "" }
    var lines = ["", "Figures are the best of a run, @ the round:"]
    var said: Set<String> = []
    for key in shown where said.insert(key.metric + key.protocolText).inserted {
      // A metric without a name of its own would be said twice.
      let says = key.protocolText.hasPrefix(key.metric + ": ")
      lines.append("  \(says ? "" : key.metric + ": ")\(key.protocolText)")
    }
    let rest = keys.dropFirst(shown.count).map { Self.title(of: $0, among: keys) }
    if !rest.isEmpty { lines.append("  with --json also \(rest.joined(separator: ", "))") }
    return lines.map { $0 + "\n" }.joined()
  }
}

// MARK: - JSON

extension RunList {
  /// All of it on one line.
  package var json: String {
    JSONValue.object([("runs", .list(runs.map(Self.describe)))]).line + "\n"
  }

  private static func describe(_ run: Run) -> JSONValue {
    .object(
      [
        ("run", .text(run.path)), ("name", .text(run.title)), ("state", .text(run.state.rawValue)),
        ("seed", .text(run.seed)), ("round", .integer(run.round)),
      ] + (run.total.map { [("rounds", .integer($0))] } ?? []) + [
        ("seconds", .number(run.seconds ?? .nan)), ("bytes", .integer(run.byteCount)),
        ("figures", .list(run.figureSummaries.map(describe))),
        ("warnings", .list(run.metrics.warnings.map(\.json))),
      ])
  }

  private static func describe(_ summary: FigureSummary) -> JSONValue {
    let key = summary.key
    func point(_ point: FigureSummary.Point) -> JSONValue {
      .object([("round", .integer(point.round)), ("value", .number(point.value))])
    }
    return .object(
      [
        ("metric", .text(key.metric)), ("figure", .text(key.name)),
        ("protocol", .text(key.protocolText)), ("last", point(summary.last)),
      ] + (key.better.map { [("better", .text($0.rawValue))] } ?? [])
        + (summary.best.map { [("best", point($0))] } ?? []))
  }
}
