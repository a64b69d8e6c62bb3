import ArgumentParser
import Console
import Data
import Diagnostics
import Report
import Training

/// `advas-run export RUN`: the numbers of a run's log as CSV.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the numbers of a run as CSV, for other programs.",
    discussion: """
      A row for each line of metrics.jsonl, a column for each number: losses, penalties,
      figures. For TensorBoard a run writes files of its own: --set log.tensorboard=true.
      """)

  @Argument(
    help: ArgumentHelp("The folder of the run.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write (default: standard output).", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var output: String?

  func run() throws {
    try reportingFailures { () throws(Failure) in
      let text = try Failure.inInput { () throws(Diagnostic) -> String in
        try Run(path: folder).csv
      }
      guard let output else {
        Terminal.output.write(text)
        return
      }
      try Failure.unlessWritable(output)
      do throws(FileError) {
        try AtomicFile.write(text, to: output)
      } catch { throw Failure(.runTime, DiagnosticBag([error.diagnostic])) }
    }
  }
}
