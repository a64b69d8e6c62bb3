import ArgumentParser
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

  func run() throws {
    let input = spec.read(out.map { ["output.dir=\(quoted($0))"] } ?? [])
    if let run = spec.only { return try train(input, run, isQuiet: false) }
    let sweep = try reportingFailures { () throws(Failure) in try Sweep(input) }
    guard !sweep.titles.isEmpty else { return try train(input, nil, isQuiet: false) }
    try reportingFailures { () throws(Failure) in
      try sweep.check(makeCompiler: makeCompiler)
    }
    // Checking has shown the warnings.
    try sweep.run(isShown: !progress.json) { run in try train(input, run, isQuiet: true) }
  }

  private func makeCompiler() throws(Failure) -> Compiler {
    var compiler = Compiler(precision: precision.precision)
    try kernels.apply(to: &compiler)
    return compiler
  }

  /// Trains a run of the sweep, or the spec without one.
  private func train(_ input: SpecInput, _ run: Int?, isQuiet: Bool) throws {
    let training = try reportingFailures { () throws(Failure) in
      var compiler = try makeCompiler()
      compiler.readsData = true
      let loaded = try compiler.load(input, run: run)
      if !isQuiet { loaded.showWarnings() }
      return try TrainingRun(new: loaded, try compiler.compile(checked: loaded))
    }
    try training.runToExit(progress)
  }
}
