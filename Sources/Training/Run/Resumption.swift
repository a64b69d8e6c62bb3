import Compilation
import Console
import Diagnostics
import Spec

/// A run to go on with: its folder, its spec, and the checkpoint to start from.
public struct Resumption {
  /// The checkpoint that the user named; nil for the newest there is when it is read.
  private let namedCheckpoint: String?
  private let directory: RunDirectory
  /// nil for a run that is only looked at, which may be training meanwhile.
  private let lock: RunLock?
  /// The flags that another resumption to the same round needs.
  private let flags: String
  /// The spec, with changes that the user may make on the way.
  public let loaded: LoadedSpec
  /// That of the spec which the checkpoint belongs to.
  private let identity: String

  /// Finds the checkpoint and reads the run's own spec.
  ///
  /// `path` is the folder of the run, `checkpoint` a file in it; without one it is the newest and
  /// no other. `steps` is where to end instead of the spec's `train.total`; `overrides` are `train.threads=...` and the
  /// like, `options` the flags that some of them come from. `looksOnly` leaves the folder as it is. With
  /// `samplesOtherwise` the overrides may change everything but the tensors of the run.
  ///
  /// - Throws: a failure where the folder is not that of a run, or its spec is faulty.
  public init(
    path: String, checkpoint: String? = nil, steps: String? = nil, overrides: [String] = [],
    options: [String: String] = [:], looksOnly: Bool = false, samplesOtherwise: Bool = false,
    compiler: inout Compiler
  ) throws(Failure) {
    let directory = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      let directory = try RunDirectory(existing: path)
      if checkpoint == nil { _ = try directory.newestCheckpointPath() }
      return directory
    }
    self.directory = directory
    lock = looksOnly ? nil : try RunLock(log: directory.logPath, of: directory.folder)
    if !looksOnly { directory.folder.removeLeftovers() }
    if let table = try directory.convolutionTable() { compiler.convolutionTable = table }
    namedCheckpoint = try Failure.of(.faultyInput) { () throws(Diagnostic) -> String? in
      guard let checkpoint else { return nil }
      return try directory.path(ofCheckpoint: checkpoint)
    }
    flags = steps.map { " --steps \($0)" } ?? ""
    loaded = try compiler.load(
      SpecInput(path: directory.specPath, overrides: overrides, options: options))
    identity =
      samplesOtherwise
      ? try compiler.load(SpecInput(path: directory.specPath)).identity : loaded.identity
  }

  /// Reads the checkpoint and puts it into an engine.
  public func makeRun(
    _ compiled: CompiledExperiment, by agreement: RankAgreement = RankAgreement(nil)
  ) throws(Failure) -> TrainingRun {
    let checkpoint = try readCheckpoint(compiled)
    guard let lock else { preconditionFailure("a run that is only looked at does not go on") }
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try requireRounds(upTo: loaded.experiment.train.rounds, from: checkpoint.snapshot.round)
      let trainer = try Trainer(
        compiled, readsWeights: false, transport: agreement.transport)
      let data = try trainer.datasets.digests()
      try checkpoint.requireOrder(data)
      try checkpoint.requireData(data, of: loaded.experiment)
      return trainer
    }
    // The folder's own of that round may be damaged, or gone, where another is named.
    let own = directory.checkpointPath(round: checkpoint.snapshot.round)
    return try TrainingRun(
      resuming: directory, lock, from: checkpoint, isOwn: (namedCheckpoint ?? own) == own,
      of: loaded.experiment, trainer: trainer, flags: flags, by: agreement)
  }

  /// A trainer that stands where the checkpoint was written, for looking at it.
  ///
  /// - Throws: where it `requiresData` that the run has trained on, and the data is other.
  func makeTrainer(
    _ compiled: CompiledExperiment, requiresData: Bool = false
  ) throws(Failure) -> Trainer {
    let checkpoint = try readCheckpoint(compiled)
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      let trainer = try Trainer(compiled, readsWeights: false)
      if requiresData {
        try checkpoint.requireData(trainer.datasets.digests(), of: loaded.experiment)
      }
      return trainer
    }
    trainer.restore(checkpoint.snapshot)
    return trainer
  }

  /// The state that the checkpoint holds, for looking at it; the run's data is not read.
  func readSnapshot(_ compiled: CompiledExperiment) throws(Failure) -> Snapshot {
    try readCheckpoint(compiled).snapshot
  }

  private func readCheckpoint(_ compiled: CompiledExperiment) throws(Failure) -> Checkpoint {
    try Failure.of(.faultyInput) { () throws(Diagnostic) -> Checkpoint in
      var path = try checkpointPath()
      while true {
        do throws(Diagnostic) {
          return try Checkpoint(path: path, for: compiled, spec: identity)
        } catch {
          // A run that trains meanwhile may have removed this one, and then has a newer one.
          let newest = try checkpointPath()
          guard newest != path else {
            throw directory.suggestingEarlier(than: path, in: error, forLooking: lock == nil)
          }
          path = newest
        }
      }
    }
  }

  private func checkpointPath() throws(Diagnostic) -> String {
    if let namedCheckpoint { return namedCheckpoint }
    return try directory.newestCheckpointPath()
  }

  /// Throws where the run is beyond the round that it should end at.
  private func requireRounds(upTo last: Int, from round: Int) throws(Diagnostic) {
    guard round > last else { return }
    throw Diagnostic(
      .error,
      "the run has \(groupedText(round)) \(plural("round", round)) already, and "
        + (flags.isEmpty
          ? "its spec asks for \(groupedText(last))" : "should end at \(groupedText(last))"),
      hint:
        "--steps counts rounds from the start of the run: say more than \(round), "
        + "or go back by advas-run resume \(directory.folder.path) --from CHECKPOINT"
    )
  }
}

extension RunDirectory {
  /// The path of the newest checkpoint.
  fileprivate func newestCheckpointPath() throws(Diagnostic) -> String {
    guard let newest = checkpointRounds.last else {
      throw Diagnostic(
        .error, "'\(folder.path)' has no checkpoint",
        hint: "it must be started again from its spec.yaml")
    }
    return checkpointPath(round: newest)
  }

  /// The path of a checkpoint that the user named by its file, with or without the folder.
  ///
  /// - Throws: a diagnostic where a name without a folder is none of the run's.
  fileprivate func path(ofCheckpoint name: String) throws(Diagnostic) -> String {
    guard !name.contains("/") else { return name }
    let entries = folder.entries
    guard !entries.contains(name) else { return folder.file(name) }
    let known = checkpointRounds.map { Checkpoint.fileName(round: $0) }
    let newest = known.last.map { "the newest there is \($0)" } ?? "it has no checkpoint"
    throw Diagnostic(
      .error, "there is no '\(name)' in the run's folder, '\(folder.path)'",
      hint: "\(newest); a file of the current folder is ./\(name)")
  }

  /// The diagnostic with a hint at the checkpoint before a faulty one.
  ///
  /// Only the user can decide to lose those rounds.
  fileprivate func suggestingEarlier(
    than path: String, in diagnostic: Diagnostic, forLooking: Bool
  ) -> Diagnostic {
    // What has a hint of its own is not mended by another checkpoint of the run.
    guard diagnostic.hint == nil else { return diagnostic }
    let faulty = checkpointRounds.first { checkpointPath(round: $0) == path } ?? Int.max
    guard let earlier = checkpointRounds.last(where: { $0 < faulty }) else { return diagnostic }
    var result = diagnostic
    result.hint =
      forLooking
      ? "to look at round \(earlier), name \(checkpointPath(round: earlier))"
      : "to go on from round \(earlier): advas-run resume \(folder.path) --from \(Checkpoint.fileName(round: earlier))"
    return result
  }
}
