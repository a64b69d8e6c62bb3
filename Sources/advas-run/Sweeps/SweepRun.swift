import Compilation
import Console
import Diagnostics
import Report
import Spec
import Training

/// A run of a sweep and the folder that is its own, whoever trains it and whenever.
struct SweepRun {
  let number: Int
  /// What the run sets.
  let title: String
  let loaded: LoadedSpec

  /// `runs/00003-ring-3`: the number is that of the run, so that all processes which share the sweep agree on it.
  var folder: String { TrainingRun.folder(ofSweepRun: number, of: loaded.experiment) }
  var rounds: Int { loaded.experiment.train.rounds }

  /// The run as its folder tells of it; nil where nobody has begun it.
  ///
  /// - Throws: a failure where the folder holds another run.
  func found() throws(Failure) -> Run? {
    guard Folder(folder).entries.contains("spec.yaml") else { return nil }
    let run = try Failure.of(.faultyInput) { () throws(Diagnostic) in try Run(path: folder) }
    var compiler = Compiler()
    let own = try compiler.load(SpecInput(path: "\(folder)/spec.yaml"))
    guard own.digest == loaded.digest else {
      throw Failure(
        .faultyInput,
        DiagnosticBag([
          Diagnostic(
            .error, "'\(folder)' holds another run than run \(number) of this sweep",
            hint:
              "the spec has changed since, or it is another sweep's: name another folder by --out")
        ]))
    }
    return run
  }

  /// Whether a run needs no more training.
  func isDone(_ run: Run) -> Bool { run.state == .finished && run.round >= rounds }

  /// The run, ready to train: from its newest checkpoint where it has one, else from the start.
  func begin(
    continuing run: Run?, makeCompiler: () throws(Failure) -> Compiler
  ) throws(Failure) -> TrainingRun {
    var compiler = try makeCompiler()
    compiler.readsData = true
    guard run?.hasCheckpoint == true else {
      return try TrainingRun(new: loaded, try compiler.compile(checked: loaded), in: folder)
    }
    let threads = loaded.experiment.train.threads
    let resumption = try Resumption(
      path: folder, overrides: ["train.total=\(rounds)", "train.threads=\(threads)"],
      compiler: &compiler)
    return try resumption.makeRun(try compiler.compile(checked: resumption.loaded))
  }
}
