import ArgumentParser
import CommandEntry
import Compilation
import Console

/// `advas-run reference FILE`: what keeps the tables of Docs true.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "Bring the generated parts of a Markdown page up to date.")

  @Argument(help: "The page.", completion: .file(extensions: ["md"]))
  var file: String

  func run() throws {
    try reportingFailures { () throws(Failure) in
      let help = "```\n\(AdvasRun.help(columns: 100))\n```\n"
      try ReferencePage(path: file, others: ["help": help]).update()
    }
  }
}
