import ArgumentParser
import Spec
import Training

/// `advas-run list KIND`: names that a spec may use.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what a spec can name, each with one line about it.")

  @Argument(help: "What to list.")
  var kind: Catalogue

  func run() {
    for entry in kind.entries {
      let gap = String(repeating: " ", count: max(2, 24 - entry.name.count))
      Terminal.output.line(entry.name + gap + entry.summary)
    }
  }
}

extension Catalogue: ExpressibleByArgument {}
