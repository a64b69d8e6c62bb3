import ArgumentParser
import Compilation
import Console

/// `advas-run runs SPEC`: what each run of the spec's sweep sets.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List the runs of a spec's sweep.",
    usage: "advas-run runs <spec> [<options>]")

  @OptionGroup var spec: SpecOptions

  func run() throws {
    try reportingFailures { () throws(Failure) in
      for (index, settings) in try spec.read().runs().enumerated()
      where spec.only.map({ $0 == index }) ?? true {
        Terminal.output.line("\(index)  \(settings)")
      }
    }
  }
}
