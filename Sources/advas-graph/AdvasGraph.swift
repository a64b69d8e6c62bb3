import ArgumentParser
import Compilation
import Console

@main
struct AdvasGraph: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advas-graph",
    abstract: "Shows what the compiler makes of a spec.",
    discussion: """
      --stats is the default. Exit codes: 0 done, 1 run-time failure, 2 faulty spec, 64 faulty
      command line.
      """)

  @Option(help: ArgumentHelp("Print the graphs of this spec.", valueName: "spec"))
  var dump: String?

  @Option(
    help: ArgumentHelp(
      "Print what is proven of this spec's networks, what each pass saves and what stops it.",
      valueName: "spec"))
  var explainPasses: String?

  @Argument(help: "The spec, a YAML file (or give it to --dump).")
  var spec: String?

  @Option(help: "The stage to print: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")).")
  var stage: Stage?

  @Option(
    help: ArgumentHelp(
      """
      How to print it: as text, or as stablehlo, the optimized graphs for XLA and other compilers, \
      unfused.
      """))
  var format = DumpFormat.text

  @Option(
    help: ArgumentHelp(
      "Only this player's steps, 'round' (players that share samples) or 'sample'.",
      valueName: "player"))
  var step: String?

  @Flag(help: "Print nodes, operations and memory of each function.")
  var stats = false

  @Flag(help: "Print how long each stage of compilation took.")
  var timings = false

  @Flag(help: "With --stats: as JSON, with what each pass saved.")
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
    main(nil)
  }

  func validate() throws {
    guard [dump, spec, explainPasses].compactMap({ $0 }).count == 1 else {
      throw ValidationError("Name one spec: advas-graph --dump SPEC --stage optimized")
    }
    guard explainPasses == nil || (stage == nil && !stats && !json) else {
      throw ValidationError("--explain-passes stands by itself, or with --step.")
    }
    guard format == .text || (dump != nil && stage ?? .optimized == .optimized && !stats && !json)
    else {
      throw ValidationError(
        "--format \(format.rawValue) is for --dump SPEC, and writes the optimized graphs.")
    }
    guard !json || (stage == nil && !timings) else {
      throw ValidationError("--json is for --stats; a stage and timings are text.")
    }
    if let complaint = Compiler.complaint(aboutPasses: disablePass) {
      throw ValidationError(complaint)
    }
  }

  func run() throws {
    do throws(Failure) {
      var compiler = Compiler(precision: precision)
      compiler.disabledPasses = Set(disablePass)
      let loaded = try compiler.load(
        SpecInput(
          path: dump ?? explainPasses ?? spec ?? "", overrides: assignments, includes: include))
      if let warnings = loaded.warnings { Terminal.error.line(warnings) }
      if stage == .spec {
        Terminal.output.write(loaded.resolvedText)
        return
      }
      let compiled = try compiler.compile(checked: loaded)
      if let step { try compiled.require(owner: step) }
      if explainPasses != nil {
        Terminal.output.write(try compiler.explanation(of: compiled, player: step))
        return
      }
      if let text = try compiler.exported(compiled, as: format, player: step) {
        Terminal.output.write(text)
        return
      }
      let stage = stage ?? (dump != nil && !stats && !json && !timings ? .optimized : nil)
      if let stage { Terminal.output.write(compiled.text(of: stage, player: step, spec: loaded)) }
      if timings { Terminal.output.write(compiled.timingsText) }
      if stats || json || (stage == nil && !timings) {
        Terminal.output.write(
          json ? compiled.statisticsJSON(player: step) : compiled.statisticsText(player: step))
      }
    } catch {
      Terminal.error.line(error.rendered)
      throw ExitCode(error.kind.rawValue)
    }
  }
}

extension Stage: ExpressibleByArgument {}
extension Compiler.Precision: ExpressibleByArgument {}
