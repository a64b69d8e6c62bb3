import ArgumentParser
import Console
import Diagnostics

extension ParsableCommand {
  /// Runs the command that the arguments name; where programs read messages, what is wrong with them is one.
  package static func runCommand() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      guard Terminal.writesJSON, exitCode(for: error) == .validationFailure else {
        exit(withError: error)
      }
      Terminal.error.show(Diagnostic(.error, message(for: error)))
      exit(withError: ExitCode.validationFailure)
    }
  }
}
