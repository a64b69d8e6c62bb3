import ArgumentParser
import CommandEntry
import Console
import Diagnostics
import Report
import Spec

/// `advas-run list KIND`: names that a spec may use; `advas-run list FOLDER...`: the runs in them.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List what a spec can name, or the runs of a folder with their best figures.",
    discussion: """
      advas-run list metrics    what a spec can name, each with a line about it;
                                functions and layers with what they take
      advas-run list runs       the runs in the folder 'runs'; of several folders,
                                all in one table

      A folder that has the name of a kind needs its own folder:
      advas-run list ./metrics
      """)

  @Argument(
    help: "\(Catalogue.allCases.map(\.rawValue).joined(separator: ", ")), or folders.",
    completion: .list(Catalogue.allCases.map(\.rawValue)))
  var what: [String]

  /// The kind of what is listed; nil for runs.
  private var kind: Catalogue? { what.count == 1 ? Catalogue(rawValue: what[0]) : nil }

  @Flag(help: "Print one line of JSON about the runs of a folder.")
  var json = false

  func validate() throws {
    if json, kind != nil {
      throw ValidationError("--json is for the runs of a folder.")
    }
  }

  func run() throws {
    guard let kind else { return try listRuns() }
    for entry in kind.entries {
      let gap = String(repeating: " ", count: max(2, 24 - entry.name.count))
      Terminal.output.line(entry.name + gap + entry.summary)
    }
  }

  private func listRuns() throws {
    try reportingFailures { () throws(Failure) in
      let list = try Failure.of(.faultyInput) { () throws(Diagnostic) -> RunList in
        do throws(Diagnostic) {
          return try RunList(folders: what)
        } catch {
          var fault = error
          let kinds = Catalogue.allCases.map { $0.rawValue }
          if what.count == 1, let hint = didYouMean(what[0], among: kinds) { fault.hint = hint }
          throw fault
        }
      }
      for warning in list.warnings { Terminal.error.show(warning) }
      Terminal.output.write(json ? list.json : list.text)
    }
  }
}
