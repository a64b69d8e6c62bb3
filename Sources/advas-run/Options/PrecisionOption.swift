import ArgumentParser
import Compilation

/// The arithmetic of a command.
struct PrecisionOption: ParsableArguments {
  @Option(help: "float32 (the fast engine) or float64 (the reference engine).")
  var precision = Compiler.Precision.float32
}

extension Compiler.Precision: ExpressibleByArgument {}
