import Diagnostics
import Spec

/// A run to go on with: its folder, its spec, and the checkpoint to start from.
public struct Resumption {
  private let checkpointPath: String
  private let directory: RunDirectory
  /// The spec, with changes that the user may make on the way.
  public let loaded: LoadedSpec

  /// Finds the checkpoint and reads the run's own spec.
  ///
  /// `path` is the folder of the run, `checkpoint` a file in it; without one it is the newest and
  /// no other. `overrides` are `train.total=...` and the like.
  ///
  /// - Throws: a failure where the folder is not that of a run, or its spec is faulty.
  public init(
    path: String, checkpoint: String? = nil, overrides: [String] = [], compiler: inout Compiler
  ) throws(Failure) {
    let directory = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try RunDirectory(existing: path)
    }
    self.directory = directory
    if let table = try directory.convolutionTable() { compiler.convolutionTable = table }
    checkpointPath = try Failure.of(.faultyInput) { () throws(Diagnostic) -> String in
      if let checkpoint { return directory.path(ofCheckpoint: checkpoint) }
      guard let newest = directory.checkpointRounds.last else {
        throw Diagnostic(
          .error, "'\(path)' has no checkpoint", hint: "it must be started again from its spec.yaml"
        )
      }
      return directory.checkpointPath(round: newest)
    }
    loaded = try compiler.load(path: directory.specPath, overrides: overrides)
  }

  /// Reads the checkpoint and puts it into an engine.
  public func makeRun(_ compiled: CompiledExperiment) throws(Failure) -> TrainingRun {
    let checkpoint = try readCheckpoint(compiled)
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in try Trainer(compiled) }
    return try TrainingRun(resuming: directory, from: checkpoint, trainer: trainer)
  }

  /// A trainer that stands where the checkpoint was written, for looking at it.
  func makeTrainer(_ compiled: CompiledExperiment) throws(Failure) -> Trainer {
    let checkpoint = try readCheckpoint(compiled)
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in try Trainer(compiled) }
    trainer.restore(checkpoint.snapshot)
    return trainer
  }

  private func readCheckpoint(_ compiled: CompiledExperiment) throws(Failure) -> Checkpoint {
    let (path, spec) = (checkpointPath, loaded.identity)
    return try Failure.of(.faultyInput) { () throws(Diagnostic) -> Checkpoint in
      do throws(Diagnostic) {
        return try Checkpoint(path: path, for: compiled, spec: spec)
      } catch { throw directory.suggestingEarlier(than: path, in: error) }
    }
  }
}

extension RunDirectory {
  /// The path of a checkpoint that the user named by its file, with or without the folder.
  fileprivate func path(ofCheckpoint name: String) -> String {
    name.contains("/") ? name : folder.file(name)
  }

  /// The diagnostic with a hint at the checkpoint before a faulty one.
  ///
  /// Only the user can decide to lose those rounds.
  fileprivate func suggestingEarlier(than path: String, in diagnostic: Diagnostic) -> Diagnostic {
    let faulty = checkpointRounds.first { checkpointPath(round: $0) == path } ?? Int.max
    guard let earlier = checkpointRounds.last(where: { $0 < faulty }) else { return diagnostic }
    var result = diagnostic
    result.hint =
      "to go on from round \(earlier), add --from \(Checkpoint.fileName(round: earlier))"
    return result
  }
}
