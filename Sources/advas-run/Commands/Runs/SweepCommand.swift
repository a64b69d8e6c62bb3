import ArgumentParser
import CommandEntry
import Compilation
import Console
import Diagnostics
import Glibc
import Report
import Spec
import Training

/// `advas-run sweep SPEC`: trains the runs of a spec's sweep that are not trained yet, side by side.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train the runs of a spec's sweep side by side, or go on with them.",
    usage: "advas-run sweep <spec> [<options>]",
    discussion: """
      advas-run sweep s.yaml --out runs/lr --jobs 4     four runs at a time
      advas-run sweep s.yaml --out runs/lr --only 3/10  every tenth from run 3 on
      advas-run sweep s.yaml --out runs/lr --list       what is there, and how far

      Each run has a folder of its own. The same command again goes on with runs
      that were interrupted, trains those that failed again and leaves finished
      ones alone, so that processes, on one machine or many, may share a sweep and
      its folder.
      """)

  @Argument(help: "The spec, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var spec: String

  @OptionGroup var settings: Settings

  @Option(
    help: ArgumentHelp("Folder in which the runs' folders are made.", valueName: "folder"),
    completion: .directory)
  var out: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Runs at a time, each with its share of the cores unless --threads says otherwise.",
      valueName: "number"))
  var jobs = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A run, 3, a share of all, 3/10, or the one of the scheduler's array index, array.",
      valueName: "part"))
  var only: SweepPart?

  @Flag(help: "List the runs with their folders, and train none.")
  var list = false

  @Flag(
    help: """
      Print JSON: the list, or the runs with their figures at the end, behind the progress of a single one.
      """)
  var json = false

  @OptionGroup var precision: PrecisionOption

  @OptionGroup var kernels: KernelOptions

  func validate() throws {
    guard (1...1024).contains(jobs) else { throw ValidationError("--jobs is from 1 to 1024.") }
  }

  func run() throws {
    let (sweep, part) = try reportingFailures { () throws(Failure) in try read() }
    if list { return try reportingFailures { () throws(Failure) in try show(sweep, part) } }
    if part.count == 1 { return try train(sweep, part[0]) }
    let runs = try reportingFailures { () throws(Failure) in
      try sweep.check(part, makeCompiler: makeCompiler)
    }
    var pool = SweepPool(runs, jobs: jobs, isShown: !json, heading: sweep.heading) { run in
      arguments(of: run, beside: min(jobs, runs.count))
    }
    pool.run()
    try finish(pool, runs, of: sweep)
  }

  /// The sweep, and the runs of it that are meant.
  private func read() throws(Failure) -> (Sweep, [Int]) {
    guard spec != "-" else {
      throw Self.refusal(
        "the spec of a sweep is read by a process for each run", hint: "write it to a file")
    }
    let overrides = settings.overrides + folderOverrides(out)
    let sweep = try Sweep(
      SpecInput(
        path: spec, overrides: overrides, includes: settings.include, options: settings.options))
    guard !sweep.titles.isEmpty else {
      throw Self.refusal(
        "'\(spec)' has no sweep",
        hint: "train it by advas-run \(spec), or add one: "
          + "--set 'sweep={seed: {range: [0, 4]}}'")
    }
    let part = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try only?.runs(of: sweep.titles.count) { getenv($0).map { String(cString: $0) } }
    }
    return (sweep, part ?? Array(sweep.titles.indices))
  }

  private static func refusal(_ message: String, hint: String) -> Failure {
    Failure(.faultyInput, DiagnosticBag([Diagnostic(.error, message, hint: hint)]))
  }

  private func makeCompiler() throws(Failure) -> Compiler {
    var compiler = Compiler(precision: precision.precision)
    try kernels.apply(to: &compiler)
    return compiler
  }

  private func show(_ sweep: Sweep, _ part: [Int]) throws(Failure) {
    var runs: [(SweepRun, Run?)] = []
    for number in part {
      let run = try sweep.load(number)
      runs.append((run, try run.found()))
    }
    let list = SweepList(runs)
    Terminal.output.write(json ? list.json : list.text)
  }

  /// Trains one run in this process.
  private func train(_ sweep: Sweep, _ number: Int) throws {
    let run = try reportingFailures { () throws(Failure) in try sweep.load(number) }
    defer { if json { Terminal.output.write(RunList([run].compactMap { try? $0.found() }).json) } }
    let training = try reportingFailures { () throws(Failure) -> TrainingRun? in
      run.loaded.showWarnings()
      let found = try run.found()
      if let found, run.isDone(found) {
        if !json { Terminal.output.line("\(sweep.heading(number)): is finished in \(run.folder)") }
        return nil
      }
      return try run.begin(continuing: found, makeCompiler: makeCompiler)
    }
    var progress = ProgressOption()
    progress.json = json
    guard let training else { return }
    try RankedTask(transport: nil).train(progress) { _ throws(Failure) in .first(training) }
  }

  /// What the process that trains `run` beside others is called with.
  private func arguments(of run: SweepRun, beside jobs: Int) -> [String] {
    var words = ["sweep", spec, "--only=\(run.number)", "--precision=\(precision.precision)"]
    words += settings.overrides.map { "--set=\($0)" } + settings.include.map { "--include=\($0)" }
    words += out.map { ["--out=\($0)"] } ?? []
    words += kernels.convolutionTable.map { ["--convolution-table=\($0)"] } ?? []
    if run.loaded.experiment.train.threads == 0, jobs > 1 {
      words.append("--threads=\(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / jobs))")
    }
    return words
  }

  /// Shows all runs, and says which failed.
  private func finish(_ pool: SweepPool, _ runs: [SweepRun], of sweep: Sweep) throws {
    let list = RunList(runs.compactMap { run in try? run.found() })
    Terminal.output.write(json ? list.json : "\n\(list.text)")
    if Interruption.isRequested {
      let finished = runs.count - pool.unfinished.count - pool.failed.count
      Terminal.error.tell(
        "interrupted: \(finished) of \(counted(runs.count, "run")) \(finished == 1 ? "is" : "are") "
          + "finished; the same command goes on")
      throw ExitCode(130)
    }
    try sweep.complain(about: pool.failed.sorted())
  }
}
