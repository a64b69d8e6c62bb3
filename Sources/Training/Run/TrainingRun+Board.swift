import Diagnostics
import Metrics
import Spec

extension TrainingRun {
  /// Begins a file for TensorBoard, where the spec asks for it.
  func beginBoard() throws(Diagnostic) {
    guard experiment.output.tensorBoard else { return }
    metrics.board = try TensorBoardLog(
      in: directory.folder, spec: LineFile.text(path: directory.specPath), metrics: boardMetrics,
      continuingFrom: trainer.round == 0 ? nil : trainer.round)
  }

  /// Tags of the numbers that tell how good a run was: losses, and figures of which one side is better.
  private var boardMetrics: [String] {
    let losses = experiment.players.map { "\($0.name)/loss" }
    let figures = experiment.metrics.flatMap { entry -> [String] in
      guard case .named(_, let declaration) = entry.measure else {
        return ["metrics/\(entry.name)"]
      }
      return declaration.better.keys.sorted().map { figure in
        "metrics/\(entry.name)" + (figure == "value" ? "" : "/\(figure)")
      }
    }
    return losses + figures
  }
}
