import Compilation
import Console
import Diagnostics
import Execution
import Spec

/// The part in a run of a rank other than the first: it takes every step with it, and writes nothing.
public final class FollowingRun {
  private let trainer: Trainer
  private let evaluation: Evaluation?
  private let experiment: Experiment
  private let agreement: RankAgreement
  private let facts: [(name: String, text: String)]
  /// The newest round whose variables were compared.
  private var comparedRound: Int

  /// Prepares the part of the rank of `agreement`, from the beginning or from a snapshot.
  ///
  /// - Throws: a failure where the data is faulty.
  public init(
    _ spec: LoadedSpec, _ compiled: CompiledExperiment, by agreement: RankAgreement,
    from snapshot: Snapshot? = nil
  ) throws(Failure) {
    experiment = spec.experiment
    self.agreement = agreement
    let rounds = spec.experiment.train.rounds
    (trainer, facts) = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      let trainer = try Trainer(
        compiled, readsWeights: snapshot == nil, transport: agreement.transport)
      if let snapshot { trainer.restore(snapshot) }
      return (trainer, try trainer.facts(spec: spec.identity, rounds: rounds))
    }
    evaluation = try Evaluation(trainer, of: experiment)
    comparedRound = trainer.round
  }

  /// Trains as long as the first rank does.
  ///
  /// - Throws: a run-time failure, of this rank alone or of all.
  public func run() throws(Failure) -> TrainingRun.Outcome {
    try agreement.requireAlike(facts)
    try agreement.requireReplicas(trainer)
    while trainer.round < experiment.train.rounds {
      do throws(NonFiniteScalar) {
        try trainer.runRound()
      } catch { throw failure(error) }
      let (round, output) = (trainer.round, experiment.output)
      let isLast = round == experiment.train.rounds
      // Some measures take steps, which ranks take together.
      _ = evaluation?.measure(round: round, isLast: isLast)
      let decision = agreement.settle(stops: Interruption.isRequested, saves: false)
      let isDue = output.checkpointEvery > 0 && round.isMultiple(of: output.checkpointEvery)
      if isLast || isDue || decision.saves { try compare() }
      // The first rank has saved what was due.
      if let fault = trainer.fault { throw Failure(.faultyInput, DiagnosticBag([fault])) }
      if decision.stops && !isLast {
        if comparedRound != round { try compare() }
        return .interrupted
      }
    }
    return .finished
  }

  private func compare() throws(Failure) {
    try agreement.requireReplicas(trainer)
    comparedRound = trainer.round
  }

  /// A number that is not finite is the same on all ranks; a sample that cannot be read is this rank's own.
  private func failure(_ scalar: NonFiniteScalar) -> Failure {
    guard scalar.fault == nil else { return scalar.failure(round: trainer.round) }
    return agreement.shared(scalar.diagnostic(round: trainer.round))
  }
}
