import Console
import Diagnostics

/// What becomes of a run whose round does not end.
extension TrainingRun {
  /// Saves the state before the round that a faulty sample ended, or the nearest before it that can be reached.
  func stop(_ scalar: NonFiniteScalar) -> Failure {
    display.clear()
    let round = trainer.round
    guard agreement.transport == nil else { return fail(scalar) }
    trainer.fault = nil
    if let recovery { trainer.restore(recovery.snapshot) }
    while trainer.round < round {
      do { try trainer.runRound() } catch {
        trainer.fault = nil
        if let recovery { trainer.restore(recovery.snapshot) }
        break
      }
    }
    var path: String?
    if savedRound == trainer.round || (try? save()) != nil {
      path = directory.checkpointPath(round: trainer.round)
    }
    let diagnostic = scalar.diagnostic(round: round, savedAs: path)
    return Failure(scalar.kind, DiagnosticBag([diagnostic]))
  }

  /// Finds where a value that is not finite began, and saves the state before its round.
  func explain(_ scalar: NonFiniteScalar) -> Failure {
    display.clear()
    let round = trainer.round
    guard agreement.transport == nil else { return fail(scalar) }
    if let recovery { trainer.restore(recovery.snapshot) }
    var path: String?
    var finding: NonFiniteTrace.Finding?
    var faults: [Diagnostic] = []
    do {
      while trainer.round < round { try trainer.runRound() }
      if savedRound == round || (try? save()) != nil {
        path = directory.checkpointPath(round: round)
      }
      try trainer.runRound(before: scalar.step)
      finding = try NonFiniteTrace(of: scalar.step, in: trainer).find()
    } catch let fault as Diagnostic {
      // The search is a service: whatever ends it, the number that is not finite is what to tell first.
      faults.append(fault)
    } catch {}
    let diagnostic = scalar.diagnostic(finding: finding, round: round, savedAs: path)
    return Failure(.runTime, DiagnosticBag([diagnostic] + faults))
  }
}
