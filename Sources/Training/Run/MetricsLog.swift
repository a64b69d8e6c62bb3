import Console
import Data
import Diagnostics
import JSON
import Metrics

/// `metrics.jsonl`: one JSON object for each logged round.
///
///     {"round":200,"seconds":1.25,"rounds_per_second":160.0,"data_share":0.001,"discriminator":{"loss":-1.5}}
///
/// Its lines are all that detectors see. Their members beside those of the players are `LoggedNumber.wordsOfLines`.
struct MetricsLog {
  private let file: LineFile
  private var watch: Watch
  /// Where each line goes beside the file.
  var board: TensorBoardLog?
  /// Seconds of training that earlier parts of the run took.
  private(set) var secondsBefore = 0.0
  /// The round of the last line; 0 before the first.
  private(set) var lastRound = 0

  /// Starts the log of a new run.
  init(path: String, _ watch: Watch) throws(Diagnostic) {
    file = try LineFile(path: path)
    self.watch = watch
  }

  /// Continues the log of a run that goes on from `round`: lines of later rounds will be written
  /// again.
  init(path: String, _ watch: Watch, continuingFrom round: Int) throws(Diagnostic) {
    let lines = LineFile.lines(path: path)
    // Of a line that cannot be read nobody knows the round: it stays, unless it is the last, which may be cut.
    let kept = lines.enumerated().filter { index, line in
      Self.number("round", in: line).map { $0 <= Double(round) } ?? (index < lines.count - 1)
    }.map { $0.element }
    let text = kept.map { $0 + "\n" }.joined()
    if text != LineFile.text(path: path) {
      do throws(FileError) {
        try AtomicFile.write(text, to: path)
      } catch { throw error.diagnostic }
    }
    file = try LineFile(path: path)
    self.watch = watch
    for line in kept {
      if let value = try? JSONParser.parse(Array(line.utf8)) { _ = self.watch.observe(value) }
    }
    secondsBefore = kept.reversed().lazy.compactMap { Self.number("seconds", in: $0) }.first ?? 0
    lastRound =
      kept.reversed().lazy.compactMap { Self.number("round", in: $0) }
      .compactMap { Int(exactly: $0) }.first ?? 0
  }

  /// Adds the line of a round, with the score of its samples where it has one; what was added, and what it warns of.
  mutating func append(
    _ report: ProgressReport, score: ModeCoverage.Score?, measured: [Measurement] = []
  ) throws(Diagnostic) -> (line: JSONValue, findings: [Finding]) {
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
    let findings = watch.observe(.object(members))
    if !findings.isEmpty { members.append(("warnings", .list(findings.map(\.json)))) }
    let line = JSONValue.object(members)
    try file.append(line.line)
    lastRound = report.round
    try board?.add(line)
    return (line, findings)
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
