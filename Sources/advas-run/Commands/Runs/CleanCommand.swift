import ArgumentParser
import CommandEntry
import Console
import Diagnostics
import Training

/// `advas-run clean RUN...`: frees what earlier checkpoints take.
struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "Remove earlier checkpoints of runs, and say what that frees.",
    discussion: """
      The newest checkpoint of each run stays, and with it all that the run has
      recorded: spec, log, metrics, pictures, event files. Runs that are training
      are left alone. On a terminal it asks before it removes anything; else it
      wants --yes.
      """)

  @Argument(
    help: ArgumentHelp("Folders of runs, or folders that runs lie in.", valueName: "folder"),
    completion: .directory)
  var folders: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Checkpoints of each run that stay, the newest.", valueName: "count"))
  var keep = 1

  @Flag(help: "Remove without asking.")
  var yes = false

  func validate() throws {
    if keep < 1 { throw ValidationError("--keep has to be 1 or more: the last one stays.") }
  }

  func run() throws {
    try reportingFailures { () throws(Failure) in
      let runs = try Failure.of(.faultyInput) { () throws(Diagnostic) in try found() }
      Terminal.output.write(Self.text(of: runs))
      guard runs.contains(where: { !$0.items.isEmpty }), try isWanted() else { return }
      for run in runs { try run.remove() }
      Terminal.output.line("removed")
    }
  }

  /// The runs that the folders are, or hold; one that is named twice is there once.
  private func found() throws(Diagnostic) -> [RunCleaning] {
    var runs: [RunCleaning] = []
    for folder in folders.map({ Folder($0) }) {
      let inside = folder.entries.map { folder.file($0) }
        .filter { Folder($0).entries.contains("spec.yaml") }
      let isRun = folder.entries.contains("spec.yaml") || inside.isEmpty
      for path in isRun ? [folder.path] : inside where !runs.contains(where: { $0.path == path }) {
        runs.append(try RunCleaning(path: path, keep: keep))
      }
    }
    return runs
  }

  private static func text(of runs: [RunCleaning]) -> String {
    var table = TextTable([("run", .left), ("files", .right), ("frees", .right), ("what", .left)])
    for run in runs {
      let what = run.reason ?? run.items.map(\.name).joined(separator: ", ")
      table.add([
        run.path, "\(run.items.count)", byteText(run.bytes),
        // Names of hundreds of files are no reading.
        what.count > 100 ? "\(what.prefix(97))..." : what,
      ])
    }
    return table.text + "\n\(byteText(runs.reduce(0) { $0 + $1.bytes })) in all\n"
  }

  private func isWanted() throws(Failure) -> Bool {
    if yes { return true }
    guard Terminal.asks else {
      Terminal.error.tell("nothing is removed without --yes")
      return false
    }
    Terminal.error.write("Remove these files? [y/N] ")
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }
}
