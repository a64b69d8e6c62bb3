import ArgumentParser
import CommandEntry
import Console
import Diagnostics
import Report
import Training

/// `advas-run compare RUN... --by KEY`: what a value of the spec changes, over seeds.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare runs that differ in one value of the spec, paired over seeds.",
    discussion: """
      advas-run compare runs/* --by optimizer.lr
      advas-run compare runs/* --by regularizers.advas

      The values of the first run that is named are those that the others are
      compared with. Figures of different protocols do not compare.
      """)

  @Argument(
    help: ArgumentHelp("The folders of the runs.", valueName: "run"), completion: .directory)
  var folders: [String]

  @Option(
    help: ArgumentHelp("The value in which they differ: optimizer.lr.", valueName: "key"))
  var by: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Compare at this round instead of the last that all have measured.", valueName: "round"))
  var at: Int?

  @Flag(help: "Print one line of JSON.")
  var json = false

  func validate() throws {
    if let at, at < 0 { throw ValidationError("--at counts rounds from 0.") }
  }

  func run() throws {
    try reportingFailures { () throws(Failure) in
      let comparison = try Failure.of(.faultyInput) { () throws(Diagnostic) -> Comparison in
        try Comparison(try Run.all(folders), by: by, round: at)
      }
      for warning in comparison.warnings { Terminal.error.show(warning) }
      Terminal.output.write(json ? comparison.json : comparison.text)
    }
  }
}
