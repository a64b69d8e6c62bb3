import ArgumentParser
import CommandEntry
import Compilation
import Console
import Diagnostics
import Inspection

@main
struct AdvasGraph: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advas-graph",
    abstract: "Shows what the compiler makes of a spec.",
    discussion: """
      --stats is the default. Exit codes: 0 done, 1 run-time failure, 2 faulty
      spec, 64 faulty command line. The spec - is standard input.
      """, version: ProductVersion.number)

  @Option(help: ArgumentHelp("Print the graphs of this spec.", valueName: "spec"))
  var dump: String?

  @Option(
    help: ArgumentHelp(
      "Print what is proven of this spec's networks, what each pass saves and what stops it.",
      valueName: "spec"))
  var explainPasses: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Print what the steps of the second spec compute beyond those of the first.",
      valueName: "spec> <spec"))
  var diff: [String] = []

  @Argument(help: "The spec, a YAML file (or give it to --dump).")
  var spec: String?

  @Option(help: "The stage to print: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")).")
  var stage: Stage?

  @Option(
    help: ArgumentHelp(
      """
      How to print it: text for people; html, a page to explore; json for programs; dot for \
      Graphviz; svg, a picture of one function; ir, the canonical text; stablehlo, the optimized graphs for XLA, unfused.
      """))
  var format = DumpFormat.text

  @Option(
    help: ArgumentHelp(
      "Only this player's steps, 'round' (players that share samples) or 'sample'.",
      valueName: "player"))
  var step: String?

  @Option(
    help: ArgumentHelp(
      "With html or json: the times that advas-run profile --out measured.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var profile: String?

  @OptionGroup(title: "Questions about graphs") var questions: QueryOptions

  @OptionGroup(title: "Questions about passes") var passOutput: PassOutput

  @Flag(help: "Print nodes, operations and memory of each function.")
  var stats = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --stats: what so many ranks, each with its part of every batch, send each other. With --format stablehlo: the module of one of them, for as many replicas."
    ))
  var ranks = 1

  @Flag(help: "Print how long each stage of compilation took.")
  var timings = false

  @Flag(help: "With --stats or --timings: as JSON, with what each pass saved.")
  var json = false

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Change a value of the spec. Repeatable.", valueName: "key=value"))
  var assignments: [String] = []

  @Option(help: ArgumentHelp("Lay another spec over this one. Repeatable.", valueName: "file"))
  var include: [String] = []

  @Option(help: "float32 (the fast engine) or float64 (the reference engine).")
  var precision = Compiler.Precision.float32

  @Option(help: ArgumentHelp("Leave a pass out. Repeatable.", valueName: "pass"))
  var disablePass: [String] = []

  static func main() {
    Terminal.guardStandardStreams()
    if let fault = ProductVersion.faultOfLimit ?? Terminal.faultOfFormat {
      Terminal.error.show(fault)
      exit(withError: ExitCode(Failure.Kind.faultyInput.rawValue))
    } else if CommandLine.arguments.dropFirst() == ["--version"] {
      Terminal.output.line(ProductVersion.text)
    } else {
      runCommand()
    }
  }

  func validate() throws {
    guard diff.isEmpty || diff.count == 2 else {
      throw ValidationError("--diff takes two specs: advas-graph --diff BEFORE AFTER")
    }
    let asked = [dump, spec, explainPasses, diff.first].compactMap { $0 }
    guard asked.count == 1 else {
      throw ValidationError("Name one spec: advas-graph --dump SPEC --stage optimized")
    }
    for (name, isGiven) in [("--explain-passes", explainPasses != nil), ("--diff", !diff.isEmpty)] {
      guard !isGiven || (stage == nil && !stats && !json && !timings) else {
        throw ValidationError("\(name) stands by itself, or with --step.")
      }
    }
    try validateFormat()
    guard !json || (stage == nil && !(stats && timings)) else {
      throw ValidationError("--json is for --stats or --timings, one of them; a stage is text.")
    }
    try validateRanks()
    if let complaint = Compiler.complaint(aboutPasses: disablePass) {
      throw ValidationError(complaint)
    }
  }

  private func validateRanks() throws {
    guard ranks >= 1 else { throw ValidationError("There is at least one rank, not \(ranks).") }
    let isStatistics = stage == nil && !json && !timings && !questions.asks && !passOutput.asks
    let isExport = dump != nil && format == .stablehlo
    guard
      ranks == 1 || isExport
        || (isStatistics && explainPasses == nil && diff.isEmpty && format == .text
          && (stats || dump == nil))
    else {
      throw ValidationError(
        "--ranks goes with --stats SPEC, or with --dump SPEC --format stablehlo.")
    }
  }

  private func validateFormat() throws {
    let hasGraph = ![.spec, .planned].contains(stage) && !stats && !json && !timings
    guard format == .text || (dump != nil && hasGraph && !questions.asks) else {
      throw ValidationError(
        "--format \(format.rawValue) is for --dump SPEC, and writes whole graphs.")
    }
    guard
      profile == nil || ((format == .html || format == .json) && stage ?? .optimized == .optimized)
    else {
      throw ValidationError("--profile goes with --format html or json of the optimized graphs.")
    }
    guard format.takesStages || stage ?? .optimized == .optimized else {
      throw ValidationError("--format \(format.rawValue) writes the optimized graphs.")
    }
    guard
      !passOutput.asks
        || (format == .text && explainPasses == nil && diff.isEmpty && stage == nil && hasGraph
          && !questions.asks)
    else {
      throw ValidationError(
        "--print-changed and --print-after stand by themselves, or with --step.")
    }
    guard !questions.asks || (explainPasses == nil && diff.isEmpty && hasGraph) else {
      throw ValidationError(
        "Questions are about a graph: --stage forward, gradient or optimized, without --stats.")
    }
  }

  func run() throws {
    try reportingFailures { () throws(Failure) in try diff.isEmpty ? show() : compare() }
  }

  private func show() throws(Failure) {
    var compiler = makeCompiler()
    let loaded = try load(dump ?? explainPasses ?? spec ?? "", &compiler)
    if stage == .spec, !stats, !timings {
      Terminal.output.write(loaded.resolvedText)
      return
    }
    let compiled = try compiler.compile(checked: loaded)
    if let step { try compiled.require(owner: step) }
    if explainPasses != nil {
      Terminal.output.write(try compiler.explanation(of: compiled, player: step))
    } else if questions.asks {
      Terminal.output.write(
        try compiled.answer(
          questions.query, stage: stage ?? .optimized, player: step, costs: questions.cost))
    } else if passOutput.asks {
      Terminal.output.write(try passOutput.text(of: compiled, player: step, compiler: compiler))
    } else if let text = try compiler.exported(
      compiled, of: loaded.file, as: format, stage: stage ?? .optimized, player: step,
      profile: try measured(), ranks: ranks)
    {
      Terminal.output.write(text)
    } else {
      try describe(compiled, loaded, compiler)
    }
  }

  /// The profile that was named.
  private func measured() throws(Failure) -> MeasuredProfile? {
    try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try profile.map { path throws(Diagnostic) in try MeasuredProfile(path: path) }
    }
  }

  private func describe(
    _ compiled: CompiledExperiment, _ loaded: LoadedSpec, _ compiler: Compiler
  ) throws(Failure) {
    if ranks > 1 {
      let functions = try compiler.rankedFunctions(of: compiled, player: step, ranks: ranks)
      let statistics = RankStatistics(functions, ranks: ranks, precision)
      Terminal.output.write(statistics.text)
      if step == nil {
        let seconds = try RoundEstimate(compiled).seconds
        Terminal.output.write(statistics.efficiencyText(of: compiled, seconds: seconds))
      }
      return
    }
    let stage = stage ?? (dump != nil && !stats && !json && !timings ? .optimized : nil)
    if let stage { Terminal.output.write(compiled.text(of: stage, player: step, spec: loaded)) }
    if timings { write(compiled.timingFindings) }
    if stats || (stage == nil && !timings) { write(compiled.statistics(player: step)) }
  }

  private func write(_ findings: Findings) {
    Terminal.output.write(json ? findings.json : findings.text)
  }

  /// Prints what the second spec of `--diff` computes beyond the first.
  private func compare() throws(Failure) {
    var sides: [[PortableFunction]] = []
    for path in diff {
      var compiler = makeCompiler()
      let compiled = try compiler.compile(checked: try load(path, &compiler))
      if let step { try compiled.require(owner: step) }
      sides.append(try compiler.portableFunctions(of: compiled, player: step))
    }
    Terminal.output.write(GraphComparison(from: sides[0], to: sides[1]).text)
  }

  private func makeCompiler() -> Compiler {
    var compiler = Compiler(precision: precision)
    compiler.disabledPasses = Set(disablePass)
    compiler.requiresMemory = false
    return compiler
  }

  private func load(_ path: String, _ compiler: inout Compiler) throws(Failure) -> LoadedSpec {
    let loaded = try compiler.load(
      SpecInput(path: path, overrides: assignments, includes: include))
    Terminal.error.show(loaded.diagnostics)
    return loaded
  }
}

extension Stage: ExpressibleByArgument {}
extension Compiler.Precision: ExpressibleByArgument {}
