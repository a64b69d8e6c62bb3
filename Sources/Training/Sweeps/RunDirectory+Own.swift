import Compilation
import Console
import Data
import Diagnostics
import Glibc
import Spec

// A run of a sweep has a folder of its own, so that whoever trains the sweep next finds it.

extension TrainingRun {
  /// The folder of a sweep's run: its number and name, in the spec's folder of runs.
  public static func folder(ofSweepRun number: Int, of experiment: Experiment) -> String {
    Folder(experiment.output.directory).file(RunDirectory.entry(number, experiment.name))
  }
}

extension RunDirectory {
  /// The folder at `path`, which is made unless it is there.
  init(own path: String) throws(Diagnostic) {
    folder = Folder(path)
    try folder.create()
    try folder.requireWritable()
  }

  /// Takes out what a run that was ended before its first checkpoint has written.
  ///
  /// - Throws: a failure where there is a checkpoint: another process has trained here a moment ago.
  func clear() throws(Failure) {
    guard checkpointRounds.isEmpty else {
      throw Failure(
        .faultyInput,
        DiagnosticBag([
          Diagnostic(
            .error, "the run in '\(folder.path)' was begun meanwhile",
            hint: "the same command goes on with it")
        ]))
    }
    folder.removeLeftovers()
    for entry in folder.entries where Self.isOfRun(entry) { folder.remove(entry) }
    // The log stays, since it holds the lock, but begins again.
    if truncate(logPath, 0) != 0 {
      throw Failure(.runTime, DiagnosticBag([Folder.failure("write", logPath)]))
    }
  }

  private static func isOfRun(_ entry: String) -> Bool {
    ["metrics.jsonl", "reals.png"].contains(entry) || entry.hasPrefix("events.out.tfevents.")
      || entry.hasSuffix(".png") && ["fakes", "neighbours"].contains { entry.hasPrefix($0) }
  }
}
