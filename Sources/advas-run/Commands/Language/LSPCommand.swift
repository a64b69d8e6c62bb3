import ArgumentParser
import CommandEntry
import Console
import Diagnostics
import Glibc
import LanguageServer

/// `advas-run lsp`: what editors start to be told of faults as one types.
struct LSPCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lsp",
    abstract: "Serve an editor: faults, completion, explanations and more.",
    discussion: """
      A language server, which an editor starts; it speaks over standard input and
      output. How to set up editors stands in Docs/EDITORS.md.
      """)

  /// Editors that start servers of several kinds say how they speak to this one; there is no other way.
  @Flag(
    help: ArgumentHelp(
      "Speak over standard input and output, as it does anyway.", visibility: .hidden))
  var stdio = false

  func run() throws {
    try reportingFailures { () throws(Failure) in
      switch LanguageServer(input: STDIN_FILENO, output: STDOUT_FILENO).run() {
      case .orderly: break
      case .abandoned: throw Self.failure(.runTime, "the editor hung up without a goodbye")
      case .broken:
        throw Self.failure(
          .faultyInput, "standard input does not speak the language server protocol",
          hint: "editors start this command; see Docs/EDITORS.md")
      }
    }
  }

  private static func failure(
    _ kind: Failure.Kind, _ message: String, hint: String? = nil
  ) -> Failure {
    Failure(kind, DiagnosticBag([Diagnostic(.error, message, hint: hint)]))
  }
}
