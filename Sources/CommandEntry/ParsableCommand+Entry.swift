import ArgumentParser
import Console
import Diagnostics
import Glibc

extension ParsableCommand {
  /// Runs the command that the arguments name; where programs read messages, what is wrong with them is one.
  package static func runCommand() {
    endAtQuit()
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

  /// Has SIGQUIT end the process unless it is ignored: Swift would print a report of a crash, and go on.
  private static func endAtQuit() {
    let former = signal(SIGQUIT, SIG_DFL)
    if unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
      signal(SIGQUIT, SIG_IGN)
    }
  }
}
