import ArgumentParser
import CommandEntry
import Compilation
import Console
import Inspection

/// `advas-run gradcheck SPEC`: every gradient beside differences.
struct GradcheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradcheck", abstract: "Compare every gradient with differences in float64.",
    usage: "advas-run gradcheck <spec> [<options>]")

  @OptionGroup var spec: SpecOptions

  @OptionGroup var output: OutputOptions

  func run() throws {
    let report = try reportingFailures { () throws(Failure) in
      var compiler = Compiler(precision: .float64, exposes: .termGradients)
      let loaded = try spec.load(with: &compiler)
      return try GradientCheck.run(loaded.experiment, compiler: &compiler)
    }
    output.write(report.findings)
    if !report.passes { throw ExitCode(Failure.Kind.runTime.rawValue) }
  }
}
