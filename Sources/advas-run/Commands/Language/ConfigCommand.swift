import ArgumentParser
import CommandEntry
import Compilation
import Console

/// `advas-run config SPEC`: the spec with every value and where it comes from.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Print a spec with every value and where it comes from.",
    usage: "advas-run config <spec> [<options>]")

  @OptionGroup var spec: SpecOptions

  func run() throws {
    try reportingFailures { () throws(Failure) in
      var compiler = Compiler()
      Terminal.output.write(try spec.load(with: &compiler).resolvedText)
    }
  }
}
