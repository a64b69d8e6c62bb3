import ArgumentParser
import Console
import Spec

/// `advas-run explain NAME`: all that is known of an entry of the language.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what is known of one of the names that 'list' lists.")

  @Argument(
    help: "What 'advas-run list' lists.",
    completion: .list(Catalogue.allCases.flatMap { $0.entries.map(\.name) }))
  var name: String

  func run() throws {
    guard let text = Catalogue.explanation(of: name) else {
      let kinds = Catalogue.allCases.map(\.rawValue).joined(separator: ", ")
      let hint = Catalogue.suggestion(for: name) ?? "see advas-run list, with \(kinds)"
      throw ValidationError("Nothing is called '\(name)'; \(hint)")
    }
    Terminal.output.write(text)
  }
}
