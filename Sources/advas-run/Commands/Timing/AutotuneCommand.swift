import ArgumentParser
import CommandEntry
import Compilation
import Console
import Inspection
import Spec
import Training

/// `advas-run autotune SPEC FILE`: the fastest kernels for a spec on this machine.
struct AutotuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autotune",
    abstract: "Time every kernel on a spec's convolutions, and write a table for this machine.",
    usage: "advas-run autotune <spec> <file> [<options>]",
    discussion: "Training uses the table with --convolution-table FILE.")

  @OptionGroup var spec: SpecOptions

  @Argument(help: "The table to write.", completion: .file())
  var file: String

  @OptionGroup var kernels: KernelOptions

  func run() throws {
    try reportingFailures { () throws(Failure) in
      try Failure.unlessWritable(file)
      var compiler = Compiler()
      try kernels.apply(to: &compiler)
      let loaded = try spec.load(with: &compiler)
      let compiled = try compiler.compile(checked: loaded)
      try Failure.ifRead(file)
      let tuning = try Autotuning(
        compiled, forbidsWinograd: loaded.experiment.train.convolutions == .direct)
      Terminal.output.line(try tuning.write(to: file))
    }
  }
}
