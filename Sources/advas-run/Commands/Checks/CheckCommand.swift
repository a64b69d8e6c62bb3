import ArgumentParser
import CommandEntry
import Compilation
import Console
import Diagnostics
import Inspection
import Training

/// `advas-run check SPEC`: compiles the spec, or every run of its sweep, and says what it costs.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Compile a spec with its whole sweep, and print a summary.",
    usage: "advas-run check <spec> [<options>]")

  @OptionGroup var spec: SpecOptions

  @OptionGroup var precision: PrecisionOption

  @OptionGroup var kernels: KernelOptions

  @OptionGroup var passes: PassOptions

  @OptionGroup var output: OutputOptions

  func run() throws {
    try reportingFailures { () throws(Failure) in
      let input = spec.read()
      let sweep = spec.only == nil ? try Sweep(input) : nil
      if let sweep, !sweep.titles.isEmpty {
        try sweep.check(shownBy: output, makeCompiler: makeCompiler)
        return
      }
      var compiler = try makeCompiler()
      let loaded = try compiler.load(input, run: spec.only)
      loaded.showWarnings()
      let compiled = try compiler.compile(checked: loaded)
      try Failure.of(.faultyInput) { () throws(Diagnostic) in try compiled.requireWeights() }
      var findings = compiled.findings(of: loaded.experiment)
      // The reference engine has no table, and nobody waits for it by the hour.
      if precision.precision == .float32 {
        let round = try RoundEstimate(compiled)
        round.add(to: &findings)
        try EvaluationEstimate(compiled, of: loaded.experiment, round.ceiling).add(to: &findings)
      }
      output.write(findings)
    }
  }

  private func makeCompiler() throws(Failure) -> Compiler {
    var compiler = Compiler(precision: precision.precision)
    passes.apply(to: &compiler)
    try kernels.apply(to: &compiler)
    return compiler
  }
}
