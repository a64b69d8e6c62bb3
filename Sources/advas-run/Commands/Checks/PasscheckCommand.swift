import ArgumentParser
import CommandEntry
import Compilation
import Console
import Inspection

/// `advas-run passcheck SPEC`: every step with and without the passes.
struct PasscheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passcheck",
    abstract: "Compare every step before and after the passes in float64.",
    usage: "advas-run passcheck <spec> [<options>]")

  @OptionGroup var spec: SpecOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples in a batch, or the fewest more that packs and groups take; at most the spec's.",
      valueName: "count"))
  var samples = PassCheck.defaultSamples

  @OptionGroup var passes: PassOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard samples >= 2, samples.isMultiple(of: 2) else {
      throw ValidationError("--samples has to be an even number from 2, for two halves.")
    }
  }

  func run() throws {
    let report = try reportingFailures { () throws(Failure) in
      var compiler = Compiler(precision: .float64)
      passes.apply(to: &compiler)
      return try PassCheck.run(
        try spec.load(with: &compiler).experiment, samples: samples,
        disabled: compiler.disabledPasses)
    }
    output.write(report.findings)
    if !report.passes { throw ExitCode(Failure.Kind.runTime.rawValue) }
  }
}
