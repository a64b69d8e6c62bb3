import Diagnostics
import Metrics
import Spec

extension TrainingRun {
  /// Begins a file for TensorBoard, where the spec asks for it.
  func beginBoard() throws(Diagnostic) {
    guard experiment.output.tensorBoard else { return }
    metrics.board = try TensorBoardLog(
      in: directory.folder, spec: LineFile.text(path: directory.specPath),
      metrics: Self.boardMetrics(of: experiment),
      continuingFrom: firstRound)
  }

  /// Tags of the numbers that tell how good a run was: losses, and figures of which one side is better.
  static func boardMetrics(of experiment: Experiment) -> [String] {
    let losses = experiment.players.map { "\($0.name)/loss" }
    let figures = experiment.metrics.flatMap { entry in
      entry.boardFigures.map { figure in
        "metrics/\(entry.name)" + (figure == "value" ? "" : "/\(figure)")
      }
    }
    return losses + figures
  }
}

extension MetricEntry {
  /// The figures for a table of runs: those with a better side, else the value, else all that are known.
  fileprivate var boardFigures: [String] {
    if case .named(_, let declaration) = measure { return declaration.better.keys.sorted() }
    let known = figures ?? []
    return known.contains("value") ? ["value"] : known
  }
}
