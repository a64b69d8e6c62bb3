import Console
import Diagnostics
import Glibc
import Training

extension ReportPage {
  /// More would be a log.
  private static let warningLimit = 12

  /// What a reader must know before the figures.
  var warnings: [String] {
    let all = runs.flatMap { run in
      run.complaints.map { runs.count > 1 ? "\(run.name): \($0)" : $0 }
    }
    let refused = groups.keys.count == 1 ? comparisonFault.map { [$0] } ?? [] : []
    let pairing = comparison?.warnings.map(\.message) ?? []
    let unique = Comparison.unique(refused + pairing + lostFigures + all)
    let rest = unique.count - Self.warningLimit
    return unique.prefix(Self.warningLimit) + (rest > 0 ? ["and \(rest) more warnings"] : [])
  }

  /// Figures that were not finite at times, of all runs together.
  private var lostFigures: [String] {
    var keys: [FigureKey] = []
    var counts: [FigureKey: (lost: Int, all: Int, runs: Int)] = [:]
    for run in runs {
      for (key, series) in run.figures where !key.isCompanion {
        if counts[key] == nil { keys.append(key) }
        let lost = series.values.count { !$0.isFinite }
        let count = counts[key, default: (0, 0, 0)]
        counts[key] = (
          count.lost + lost, count.all + series.values.count, count.runs + (lost > 0 ? 1 : 0)
        )
      }
    }
    return keys.compactMap { key in
      guard let count = counts[key], count.lost > 0 else { return nil }
      let place = runs.count > 1 ? ", in \(count.runs) of \(runs.count) runs" : ""
      return "\(key.title) is not finite in \(count.lost) of \(count.all) measurements\(place)."
    }
  }

  /// Why runs that differ in one key have no pairs.
  private var comparisonFault: String? {
    guard comparison == nil else { return nil }
    do {
      _ = try Comparison(runs, by: groups.keys[0])
      return nil
    } catch { return "Differences are not shown: \(error.message)." }
  }

  /// Machine, versions and times, as far as the first run's log has them.
  var facts: [(String, String)] {
    guard let run = runs.first else { return [] }
    var facts: [(String, String)] = []
    let lines = [
      ("machine", "Machine"), ("system", "System"), ("libraries", "Libraries"),
      ("engine", "Engine"),
    ]
    for (name, title) in lines {
      if let text = run.log.value(name) { facts.append((title, text)) }
    }
    if let kernels = run.log.value("kernels of convolutions") {
      facts.append(("Kernels", kernels))
    }
    if let began = run.time(of: "spec.yaml") { facts.append(("Began", began)) }
    if let ended = run.time(of: "log.txt") { facts.append(("Last word", ended)) }
    facts.append(("Folder", "\(run.path), \(byteText(run.byteCount))"))
    return facts
  }

  /// What to type, and what for.
  var commands: [(String, String)] {
    guard let run = runs.first else { return [] }
    let folder = run.path.shellWord
    var commands: [(String, String)] = []
    if let comparison {
      let paths = runs.map(\.path.shellWord).joined(separator: " ")
      commands.append(
        ("The table above as text:", "advas-run compare \(paths) --by \(comparison.key.shellWord)"))
    }
    let table = run.entries.contains("convolutions.table")
    commands.append(
      (
        "Train \(runs.count > 1 ? run.name : "it") again, to the same numbers on a machine like this:",
        "advas-run \(Folder(run.path).file("spec.yaml").shellWord)"
          + (table
            ? " --convolution-table \(Folder(run.path).file("convolutions.table").shellWord)" : "")
      ))
    commands.append(
      (
        "Go on from its newest checkpoint, to the same numbers as without a pause:",
        "advas-run resume \(folder)" + (run.state == .finished ? " --steps \(2 * run.round)" : "")
      ))
    commands.append(
      (
        "Measure something else:",
        "advas-run evaluate \(folder) --set 'metrics=[{sliced_wasserstein: {samples: 10000}}]'"
      ))
    return commands
  }
}

extension Run {
  /// What went wrong in it, or might mislead.
  fileprivate var complaints: [String] {
    var complaints: [String] = []
    let resume = "advas-run resume \(path.shellWord)"
    switch state {
    case .failed: complaints.append("Failed: \(log.errors.last ?? "the log has the reason").")
    case .stopped:
      complaints.append("Its process ended at round \(round) or later without a word: \(resume)")
    case .interrupted: complaints.append("Interrupted: \(resume) goes on.")
    case .empty: complaints.append("It has not begun to train.")
    case .running: complaints.append("Still training: figures are those of round \(round).")
    case .finished: break
    }
    if metrics.faultyLines > (state == .finished ? 0 : 1) {
      complaints.append("\(metrics.faultyLines) lines of metrics.jsonl are damaged and left out.")
    }
    // The page shows what detectors found by itself.
    let found = Set(metrics.warnings.map { "warning: \($0.line)" })
    return complaints + log.lines.filter { $0.hasPrefix("warning: ") && !found.contains($0) }
  }

  /// When a file of the folder last changed, in universal time.
  fileprivate func time(of name: String) -> String? {
    var status = stat()
    var parts = tm()
    guard stat(Folder(path).file(name), &status) == 0,
      gmtime_r(&status.st_mtim.tv_sec, &parts) != nil
    else { return nil }
    var text = [CChar](repeating: 0, count: 64)
    let count = strftime(&text, text.count, "%Y-%m-%d %H:%M UTC", &parts)
    return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension String {
  /// The text as one word of a shell.
  fileprivate var shellWord: String {
    let plain = allSatisfy { character in
      character.isASCII
        && (character.isLetter || character.isNumber || "-_./=:,+@".contains(character))
    }
    return plain && !isEmpty ? self : "'" + components(by: "'").joined(separator: "'\\''") + "'"
  }
}
