import Console
import Data
import Diagnostics
import JSON
import Metrics

/// `metrics.jsonl`: one JSON object for each logged round.
///
///     {"round":200,"seconds":1.25,"rounds_per_second":160.0,"data_share":0.001,"discriminator":{"loss":-1.5}}
struct MetricsLog {
  private let file: LineFile
  /// Seconds of training that earlier parts of the run took.
  private(set) var secondsBefore = 0.0

  /// Starts the log of a new run.
  init(path: String) throws(Diagnostic) { file = try LineFile(path: path) }

  /// Continues the log of a run that goes on from `round`: lines of later rounds will be written
  /// again.
  init(path: String, continuingFrom round: Int) throws(Diagnostic) {
    let lines = LineFile.lines(path: path)
    let kept = lines.filter { line in
      (Self.number("round", in: line).map { $0 <= Double(round) }) ?? false
    }
    if kept.count != lines.count {
      do throws(FileError) {
        try AtomicFile.write(kept.map { $0 + "\n" }.joined(), to: path)
      } catch { throw error.diagnostic }
    }
    file = try LineFile(path: path)
    secondsBefore = kept.last.flatMap { Self.number("seconds", in: $0) } ?? 0
  }

  /// Adds the line of a round, with the score of its samples where it has one.
  func append(
    _ report: ProgressReport, score: ModeCoverage.Score?, measured: [Measurement] = []
  ) throws(Diagnostic) {
    var members: [(String, JSONValue)] = [
      ("round", .integer(report.round)), ("seconds", .number(report.seconds)),
      ("rounds_per_second", .number(report.roundsPerSecond)),
      ("data_share", .number(report.dataShare)),
    ]
    for step in report.scalars {
      members.append((step.player, .object(step.values.map { ($0.name, .number($0.value)) })))
    }
    if let score {
      members.append(("modes_covered", .integer(score.covered)))
      members.append(("high_quality", .number(score.highQuality)))
    }
    if !measured.isEmpty { members += Measurement.members(of: measured) }
    try file.append(JSONValue.object(members).line)
  }

  /// A number of a line; nil where a line is cut or of someone else.
  private static func number(_ key: String, in line: String) -> Double? {
    switch (try? JSONParser.parse(Array(line.utf8)))?[key] {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null, .boolean, .text, .list, .object, nil: nil
    }
  }
}
