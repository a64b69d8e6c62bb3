import ArgumentParser
import CommandEntry
import Compilation
import Console
import Inspection

/// `advas-run benchmark SPEC`: how long rounds take, for other programs to read.
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Time rounds, and print one line of JSON.",
    usage: "advas-run benchmark <spec> [<options>]")

  @OptionGroup var spec: SpecOptions

  @OptionGroup var count: RoundCount

  @OptionGroup var precision: PrecisionOption

  @OptionGroup var kernels: KernelOptions

  @OptionGroup var passes: PassOptions

  func run() throws {
    try reportingFailures { () throws(Failure) in
      var timing = Benchmark()
      var compiler = Compiler(precision: precision.precision)
      compiler.readsData = true
      passes.apply(to: &compiler)
      try kernels.apply(to: &compiler)
      let compiled = try compiler.compile(checked: try spec.load(with: &compiler))
      Terminal.output.line(try timing.run(compiled, rounds: count.rounds))
    }
  }
}
