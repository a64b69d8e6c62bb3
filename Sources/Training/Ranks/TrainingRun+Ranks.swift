import Compilation
import Console
import Diagnostics
import Spec

/// What the first of several ranks does for all.
extension TrainingRun {
  /// Whether all ranks have failed alike, so that none waits for another.
  public var hasFailedTogether: Bool { agreement.hasFailedTogether }

  /// Throws unless all ranks are about to train the same; `spec` is the identity of the spec.
  func requireRanksAlike(_ spec: String) throws(Failure) {
    guard agreement.transport != nil else { return }
    let facts = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try trainer.facts(spec: spec, rounds: experiment.train.rounds)
    }
    try agreement.requireAlike(facts)
    try agreement.requireReplicas(trainer)
  }

  /// What becomes of a run of several ranks whose round does not end; none of them can go back by itself.
  func fail(_ scalar: NonFiniteScalar) -> Failure {
    var diagnostic = scalar.diagnostic(round: trainer.round)
    let command = "advas-run resume \(directory.folder.path)\(savedRound.map(origin) ?? "")"
    diagnostic.notes.append(
      Diagnostic(
        .note,
        (savedRound.map { "the state of round \($0) is saved; " } ?? "no state is saved; ")
          + "'\(command)' on one rank goes there again, and says where it begins"))
    if scalar.fault == nil { return agreement.shared(diagnostic) }
    return Failure(scalar.kind, DiagnosticBag([diagnostic]))
  }
}
