import ArgumentParser
import Compilation
import Console
import Inspection

/// `advas-run profile SPEC`: where the time of a round goes.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show where the time of rounds goes, by layer and order of derivative.",
    usage: "advas-run profile <spec> [<options>]")

  @OptionGroup var spec: SpecOptions

  @OptionGroup var count: RoundCount

  @OptionGroup var kernels: KernelOptions

  @OptionGroup var passes: PassOptions

  func run() throws {
    try reportingFailures { () throws(Failure) in
      var compiler = Compiler()
      compiler.readsData = true
      passes.apply(to: &compiler)
      try kernels.apply(to: &compiler)
      let compiled = try compiler.compile(checked: try spec.load(with: &compiler))
      Terminal.output.write(try Profile(compiled, rounds: count.rounds).text)
    }
  }
}
