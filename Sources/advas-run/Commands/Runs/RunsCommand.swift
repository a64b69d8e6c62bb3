import ArgumentParser
import CommandEntry
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
      let runs = try spec.read().runs(with: spec.only)
      if runs.isEmpty {
        Terminal.error.tell("'\(spec.spec)' has no sweep: it is one run, advas-run \(spec.spec)")
      }
      for (index, settings) in runs.enumerated()
      where spec.only.map({ $0 == index }) ?? true {
        Terminal.output.line("\(index)  \(settings)")
      }
    }
  }
}
