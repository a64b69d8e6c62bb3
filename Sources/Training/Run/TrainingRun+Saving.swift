import Compilation
import Console
import Data
import Diagnostics
import Execution
import Spec

/// When and how a run keeps its state.
extension TrainingRun {
  /// `true` iff the last checkpoint is older than the spec wants.
  var isSavingDue: Bool {
    let minutes = experiment.output.checkpointMinutes
    return minutes > 0 && ContinuousClock.now - savedAt >= .seconds(60 * minutes)
  }

  /// Writes a checkpoint.
  ///
  /// - Throws: a run-time failure, also where variables differ between ranks or are not finite.
  func save() throws(Failure) {
    try agreement.requireReplicas(trainer)
    try Failure.of(.runTime) { () throws(Diagnostic) in try writeCheckpoint() }
  }

  private func writeCheckpoint() throws(Diagnostic) {
    // Elsewhere each step has looked at them.
    if !trainer.engine.showsVariables { try trainer.requireFiniteState() }
    recovery?.renew(trainer)
    let snapshot = recovery?.snapshot ?? trainer.snapshot()
    let checkpoint = Checkpoint(
      snapshot: snapshot, seed: experiment.seed, spec: spec,
      convolutions: trainer.compiled.convolutionDigest, data: dataDigests,
      order: dataDigests.isEmpty ? nil : BatchSource.orderName, latest: latest)
    try directory.write(
      checkpoint, layout: trainer.compiled.layout, keep: experiment.output.keepCheckpoints)
    savedRound = trainer.round
    savedAt = .now
  }

  /// ` --from CHECKPOINT` where going on from a round needs that: a run that went back may have a later checkpoint.
  func origin(_ round: Int) -> String {
    directory.checkpointRounds.last == round ? "" : " --from \(Checkpoint.fileName(round: round))"
  }
}
