import ArgumentParser
import Compilation
import Console

/// What `record` and `replay` need to know to run one round.
struct RoundOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The round, after so many rounds of training (default: 0, or that of the replayed record).",
      valueName: "round"))
  var at: Int?

  @OptionGroup var precision: PrecisionOption

  @OptionGroup var kernels: KernelOptions

  @OptionGroup var passes: PassOptions

  func validate() throws {
    if let at, at < 0 { throw ValidationError("--at counts rounds from 0.") }
  }

  /// A compiler that keeps what a record holds.
  func makeCompiler() throws(Failure) -> Compiler {
    var compiler = Compiler(precision: precision.precision, exposes: .gradients)
    passes.apply(to: &compiler)
    try kernels.apply(to: &compiler)
    return compiler
  }
}
