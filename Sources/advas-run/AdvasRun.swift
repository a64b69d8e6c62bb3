import ArgumentParser
import Training

@main
struct AdvasRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advas-run",
    abstract: "Trains what a spec describes.",
    discussion: """
      Exit codes: 0 done, 1 run-time failure, 2 faulty spec or data, 64 faulty command line,
      130 interrupted (the state is saved; go on with 'advas-run resume RUN').
      """,
    subcommands: [Train.self, Resume.self, Evaluate.self], defaultSubcommand: Train.self)

  static func main() {
    Terminal.guardStandardStreams()
    if [["--help"], ["-h"], ["help"]].contains(Array(CommandLine.arguments.dropFirst())) {
      Terminal.output.line(help)
    } else {
      main(nil)
    }
  }

  /// The commands, and all that the one can do which needs no name.
  private static var help: String {
    let own = helpMessage().split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains("for detailed help") }.joined(separator: "\n")
    let training = Train.helpMessage().split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("USAGE:") }.joined(separator: "\n")
    return own + "\n" + training + "\n\nSee 'advas-run resume --help' for the options of resume."
  }
}

/// Runs a command's work and turns what it throws into messages and an exit code.
func reportingFailures(_ body: () throws(Failure) -> Void) throws {
  do throws(Failure) {
    try body()
  } catch {
    Terminal.error.line(error.rendered)
    throw ExitCode(error.kind.rawValue)
  }
}

extension TrainingRun {
  /// Trains, and ends with the exit code of an interruption where there was one.
  func runToExit() throws {
    var isInterrupted = false
    Interruption.install()
    try reportingFailures { () throws(Failure) in isInterrupted = try run() == .interrupted }
    if isInterrupted { throw ExitCode(130) }
  }
}
