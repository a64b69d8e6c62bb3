import Console
import Diagnostics
import Glibc
import Syntax
import Training

/// A run as its folder tells of it, while it trains and afterwards.
package struct Run: Sendable {
  /// The folder, as the user named it.
  package let path: String
  package let state: RunState
  let log: RunLog
  let metrics: MetricsTable
  let spec: SpecValues
  let entries: [String]
  /// The series of every figure, in the order of the table.
  private(set) var figures: [(key: FigureKey, series: Series)] = []
  /// Bytes of all files in the folder.
  let byteCount: Int

  /// Reads the folder at `path`.
  ///
  /// - Throws: a diagnostic where it is not the folder of a run, or its spec is damaged.
  package init(path: String) throws(Diagnostic) {
    let folder = Folder(path)
    entries = folder.entries
    guard entries.contains("spec.yaml") else {
      throw Diagnostic(
        .error, "'\(path)' is not the folder of a run: it has no spec.yaml",
        hint: "name a folder such as runs/00000-ring; advas-run list runs shows those of a folder")
    }
    let text = try SpecFile.text(folder.file("spec.yaml"), as: .spec)
    guard let spec = SpecValues(text: text, name: folder.file("spec.yaml")) else {
      throw Diagnostic(
        .error, "'\(folder.file("spec.yaml"))' is damaged: it is not the spec that a run wrote",
        hint: "leave the run out")
    }
    self.path = folder.path
    self.spec = spec
    log = RunLog(path: folder.file("log.txt"))
    metrics = MetricsTable(path: folder.file("metrics.jsonl"))
    state = RunState(
      lines: log.lines, name: spec["name"]?.text ?? "", path: folder.file("log.txt"))
    byteCount = entries.reduce(0) { sum, entry in
      var status = stat()
      return lstat(folder.file(entry), &status) == 0 ? sum + Int(status.st_size) : sum
    }
    figures = readFigures()
  }

  /// The last component of the path.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  /// What the spec calls the experiment.
  var title: String { spec["name"]?.text ?? name }
  var seed: String { spec["seed"]?.text ?? "0" }
  /// The last round that the metrics tell of.
  package var round: Int { metrics.rounds.last ?? 0 }
  /// Rounds that the spec asks for.
  var total: Int? { spec["train.total"].flatMap { Int($0.text) } }
  /// Whether there is a checkpoint to go on from.
  package var hasCheckpoint: Bool { entries.contains { Checkpoint.round(fileName: $0) != nil } }
  /// Seconds of training so far; nil before the first logged round.
  var seconds: Double? { metrics.seconds.last.flatMap { $0.isFinite ? $0 : nil } }
}

extension Run {
  /// The runs in the folders at `paths`; one that is named twice is read once.
  package static func all(_ paths: [String]) throws(Diagnostic) -> [Run] {
    var runs: [Run] = []
    for path in paths {
      let run = try Run(path: path)
      if !runs.contains(where: { $0.path == run.path }) { runs.append(run) }
    }
    return runs
  }
}
