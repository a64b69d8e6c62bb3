import ArgumentParser
import Spec
import Training

/// `advas-run SPEC`: everything that one can do with a spec.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train what a spec describes (the default).")

  @Argument(help: "The spec, a YAML file.")
  var spec: String?

  @Option(help: "List objectives, regularizers, functions, layers or metrics, and stop.")
  var list: Catalogue?

  @Option(
    help: ArgumentHelp(
      "Show what is known of an objective, regularizer, function, layer or metric, and stop.",
      valueName: "name"))
  var explain: String?

  @Flag(help: "Print the JSON Schema of specs, for editors, and stop.")
  var schema = false

  @Option(
    help: ArgumentHelp(
      "Bring the generated tables of a Markdown page up to date, and stop.", valueName: "file"))
  var reference: String?

  @OptionGroup var settings: Settings

  @OptionGroup var kernels: KernelOptions

  @Option(help: ArgumentHelp("Folder in which the run's folder is made.", valueName: "folder"))
  var out: String?

  @Flag(help: "List the runs of the spec's sweep, and stop.")
  var listRuns = false

  @Option(
    help: ArgumentHelp("Take only this run of the spec's sweep, counted from 0.", valueName: "run"))
  var only: Int?

  @Flag(help: "Compile, print a summary and stop.")
  var dryRun = false

  @Flag(help: "Print the spec with every value and where it comes from, and stop.")
  var printConfig = false

  @Flag(help: "Compare every gradient with differences in float64, and stop.")
  var gradcheck = false

  @Flag(help: "Compare every step before and after the passes in float64, and stop.")
  var passcheck = false

  @Option(
    help: ArgumentHelp(
      "Samples in a batch of --passcheck, at most the spec's (default: \(PassCheck.defaultSamples)).",
      valueName: "count"))
  var samples: Int?

  @Option(
    help: ArgumentHelp(
      "Write one whole round into a safetensors file, and stop.", valueName: "file"))
  var record: String?

  @Option(
    help: ArgumentHelp("Round to record, after so many rounds of training.", valueName: "round"))
  var at: Int?

  @Option(
    help: ArgumentHelp(
      "Run one round with the inputs of a recorded one, and stop.", valueName: "file"))
  var replay: String?

  @Option(help: "float32 (the fast engine) or float64 (the reference engine).")
  var precision = Compiler.Precision.float32

  @Option(
    help: ArgumentHelp(
      "Time so many rounds, print one line of JSON, and stop.", valueName: "rounds"))
  var benchmark: Int?

  @Option(
    help: ArgumentHelp("Show where the time of so many rounds goes, and stop.", valueName: "rounds")
  )
  var profile: Int?

  @Option(
    help: ArgumentHelp(
      "Leave a pass out, to see what it does. Repeatable; for measurements, not for training.",
      valueName: "pass"))
  var disablePass: [String] = []

  func makeCompiler(
    _ precision: Compiler.Precision, exposes: Compiler.Exposure = .nothing
  ) throws(Failure) -> Compiler {
    var compiler = Compiler(precision: precision, exposes: exposes)
    compiler.disabledPasses = Set(disablePass)
    compiler.convolutionTable = try kernels.table()
    return compiler
  }

  var overrides: [String] {
    settings.overrides + (out.map { ["output.dir=\(quoted($0))"] } ?? [])
  }

  func run() throws {
    if try documents() { return }
    if printConfig {
      try reportingFailures { () throws(Failure) in
        var compiler = Compiler()
        let loaded = try load(with: &compiler)
        Terminal.output.write(loaded.resolvedText)
      }
    } else if listRuns {
      try reportingFailures { () throws(Failure) in
        for (index, settings) in try sweepTitles().enumerated() {
          Terminal.output.line("\(index)  \(settings)")
        }
      }
    } else if gradcheck {
      try checkGradients()
    } else if passcheck {
      try checkPasses()
    } else if record != nil || replay != nil {
      try reportingFailures { () throws(Failure) in try runRecordedRound() }
    } else if let profile {
      try reportingFailures { () throws(Failure) in
        var compiler = try makeCompiler(.float32)
        compiler.readsData = true
        let compiled = try compiler.compile(checked: try load(with: &compiler))
        Terminal.output.write(try Profile(compiled, rounds: profile).text)
      }
    } else if let autotune = kernels.autotune {
      try reportingFailures { () throws(Failure) in
        try Failure.unlessWritable(autotune)
        var compiler = try makeCompiler(.float32)
        let compiled = try compiler.compile(checked: try load(with: &compiler))
        Terminal.output.line(try Autotuning(compiled).write(to: autotune))
      }
    } else if let benchmark {
      try reportingFailures { () throws(Failure) in
        var timing = Benchmark()
        var compiler = try makeCompiler(precision)
        compiler.readsData = true
        let loaded = try load(with: &compiler)
        let compiled = try compiler.compile(checked: loaded)
        Terminal.output.line(try timing.run(compiled, rounds: benchmark))
      }
    } else {
      try train()
    }
  }

  private func load(
    with compiler: inout Compiler, run: Int? = nil, isQuiet: Bool = false
  ) throws(Failure) -> LoadedSpec {
    let loaded = try compiler.load(
      path: spec ?? "", overrides: overrides, includes: settings.include, run: run ?? only,
      options: settings.options)
    if run == nil { try noteSweep() }
    if !isQuiet, let warnings = loaded.warnings { Terminal.error.line(warnings) }
    return loaded
  }

  /// Trains the spec, or every run of its sweep in turn; with `--dry-run` shows them.
  private func train() throws {
    var titles: [String] = []
    try reportingFailures { () throws(Failure) in
      titles = try sweepTitles()
      if dryRun, !titles.isEmpty { try checkSweep(titles, isShown: true) }
    }
    if titles.isEmpty {
      try train(only)
    } else if !dryRun {
      try trainSweep(titles)
    }
  }

  /// Trains a run of the sweep, or the spec without one.
  func train(_ run: Int?) throws {
    var training: TrainingRun?
    try reportingFailures { () throws(Failure) in
      var compiler = try makeCompiler(precision)
      compiler.readsData = !dryRun
      // Of a whole sweep, warnings have been shown.
      let loaded = try load(with: &compiler, run: run, isQuiet: run != only)
      let compiled = try compiler.compile(checked: loaded)
      if dryRun {
        Terminal.output.write(compiled.summary)
      } else {
        training = try TrainingRun(new: loaded, compiled)
      }
    }
    try training?.runToExit()
  }

  private func runRecordedRound() throws(Failure) {
    if let record { try Failure.unlessWritable(record) }
    var compiler = try makeCompiler(precision, exposes: .gradients)
    let compiled = try compiler.compile(checked: try load(with: &compiler))
    var round = try RecordedRound(compiled, at: at, replay: replay)
    if dryRun {
      Terminal.output.write(compiled.summary)
      return
    }
    try round.run()
    if let record { try round.write(to: record) }
    Terminal.output.write(round.summary)
  }

  private func checkGradients() throws {
    var isGood = true
    try reportingFailures { () throws(Failure) in
      var compiler = Compiler(precision: .float64, exposes: .termGradients)
      let loaded = try load(with: &compiler)
      let report = try GradientCheck.run(loaded.experiment, compiler: &compiler)
      Terminal.output.write(report.text)
      isGood = report.passes
    }
    if !isGood { throw ExitCode(Failure.Kind.runTime.rawValue) }
  }
}

extension Train {
  private func checkPasses() throws {
    var isGood = true
    try reportingFailures { () throws(Failure) in
      var compiler = try makeCompiler(.float64)
      let report = try PassCheck.run(
        try load(with: &compiler).experiment, samples: samples ?? PassCheck.defaultSamples,
        disabled: Set(disablePass))
      Terminal.output.write(report.text)
      isGood = report.passes
    }
    if !isGood { throw ExitCode(Failure.Kind.runTime.rawValue) }
  }
}

extension Compiler.Precision: ExpressibleByArgument {}

extension Catalogue: ExpressibleByArgument {}
