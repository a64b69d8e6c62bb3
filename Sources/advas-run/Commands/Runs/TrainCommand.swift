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
    let sweep = try reportingFailures { () throws(Failure) in try Sweep(input) }
    guard !sweep.titles.isEmpty else { return try train(input, nil, task, isQuiet: task.follows) }
    try reportingFailures { () throws(Failure) in
      try sweep.check(makeCompiler: makeCompiler)
    }
    // Checking has shown the warnings.
    try sweep.run(isShown: !progress.json && !task.follows) { run in
      try train(input, run, task, isQuiet: true)
    }
  }

  private func makeCompiler() throws(Failure) -> Compiler {
    var compiler = Compiler(precision: precision.precision)
    try kernels.apply(to: &compiler)
    try engine.apply(to: &compiler, ranks: ranks.ranks != nil)
    return compiler
  }

  /// Trains a run of the sweep, or the spec without one.
  private func train(_ input: SpecInput, _ run: Int?, _ task: RankedTask, isQuiet: Bool) throws {
    try task.train(progress) { agreement throws(Failure) in
      try agreement.together { () throws(Failure) in
        var compiler = try makeCompiler()
        compiler.readsData = true
        task.prepare(&compiler)
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
