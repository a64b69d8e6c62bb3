import ArgumentParser
import CommandEntry
import Compilation
import Console
import Training

/// `advas-run SPEC`: trains the spec, or every run of its sweep in turn.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train what a spec describes.",
    usage: "advas-run <spec> [<options>]")

  @OptionGroup var spec: SpecOptions

  @Option(
    help: ArgumentHelp("Folder in which the run's folder is made.", valueName: "folder"),
    completion: .directory)
  var out: String?

  @OptionGroup var progress: ProgressOption

  @OptionGroup var precision: PrecisionOption

  @OptionGroup var kernels: KernelOptions

  @OptionGroup var ranks: RanksOption

  @OptionGroup var engine: EngineOption

  func run() throws { try ranks.run { task in try run(task) } }

  private func run(_ task: RankedTask) throws {
    let input = spec.read(folderOverrides(out))
    if let run = spec.only { return try train(input, run, task, isQuiet: task.follows) }
    let sweep = try reportingFailures { () throws(Failure) -> Sweep in
      try RankAgreement(task.transport).together { () throws(Failure) -> Sweep in
        try checkedSweep(input, task)
      }
    }
    guard !sweep.titles.isEmpty else { return try train(input, nil, task, isQuiet: task.follows) }
    // Checking has shown the warnings.
    try sweep.run(isShown: !progress.json) { run in
      try train(input, run, task, isQuiet: true)
    }
  }

  /// The sweep of the spec, all of whose runs are sound.
  private func checkedSweep(_ input: SpecInput, _ task: RankedTask) throws(Failure) -> Sweep {
    let sweep = try Sweep(input, isSilent: task.follows)
    if !sweep.titles.isEmpty {
      try sweep.check { () throws(Failure) -> Compiler in try makeCompiler(for: task) }
    }
    return sweep
  }

  private func makeCompiler(for task: RankedTask) throws(Failure) -> Compiler {
    var compiler = Compiler(precision: precision.precision)
    try kernels.apply(to: &compiler)
    try engine.apply(to: &compiler, ranks: ranks.ranks != nil)
    task.prepare(&compiler)
    return compiler
  }

  /// Trains a run of the sweep, or the spec without one.
  private func train(_ input: SpecInput, _ run: Int?, _ task: RankedTask, isQuiet: Bool) throws {
    try task.train(progress) { agreement throws(Failure) in
      try agreement.together { () throws(Failure) in
        var compiler = try makeCompiler(for: task)
        compiler.readsData = true
        let loaded = try compiler.load(input, run: run)
        if !isQuiet { loaded.showWarnings() }
        let compiled = try compiler.compile(checked: loaded)
        return task.follows
          ? .following(try FollowingRun(loaded, compiled, by: agreement))
          : .first(try TrainingRun(new: loaded, compiled, by: agreement))
      }
    }
  }
}
