import ArgumentParser
import CommandEntry
import Compilation
import Console
import Diagnostics
import Glibc
import Training

@main
struct AdvasRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advas-run",
    abstract: "Trains what a spec describes.",
    discussion: """
      A spec that has the name of a command needs its folder: advas-run ./check.
      The spec - is standard input. ADVAS_DIAGNOSTICS=json writes messages as lines
      of JSON.

      Exit codes: 0 done, 1 run-time failure, 2 faulty spec or data, 64 faulty
      command line, 130 interrupted (the state is saved; 'advas-run resume' goes on).
      """, version: ProductVersion.number,
    subcommands: [
      TrainCommand.self, SweepCommand.self, ResumeCommand.self, EvaluateCommand.self,
      SampleCommand.self,
      CheckCommand.self,
      ConfigCommand.self, RunsCommand.self, GradcheckCommand.self, PasscheckCommand.self,
      RecordCommand.self, ReplayCommand.self, ProfileCommand.self, BenchmarkCommand.self,
      AutotuneCommand.self, CompareCommand.self, ReportCommand.self, CleanCommand.self,
      ExportCommand.self,
      ListCommand.self, ExplainCommand.self,
      SchemaCommand.self,
      ReferenceCommand.self, DataCommand.self, PackCommand.self, NewCommand.self, LSPCommand.self,
    ], defaultSubcommand: TrainCommand.self)

  static func main() {
    Terminal.guardStandardStreams()
    let arguments = Array(CommandLine.arguments.dropFirst())
    if [["--help"], ["-h"], ["help"]].contains(arguments) {
      Terminal.output.line(help())
    } else if let fault = ProductVersion.faultOfLimit ?? Terminal.faultOfFormat
      ?? fault(of: arguments)
    {
      Terminal.error.show(fault)
      exit(withError: ExitCode(Failure.Kind.faultyInput.rawValue))
    } else if arguments == ["--version"] {
      Terminal.output.line(ProductVersion.text)
    } else {
      runCommand()
    }
  }

  /// What is wrong with a call of no command, where what was meant can be told.
  private static func fault(of arguments: [String]) -> Diagnostic? {
    guard let first = arguments.first, !first.hasPrefix("---") else { return nil }
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard first == "train" || !names.contains(first) else { return nil }
    if let (flag, command) = FormerFlags.found(in: arguments) {
      return Diagnostic(
        .error, "'\(flag)' is a command of its own", hint: "write: advas-run \(command)")
    }
    guard first != "train", first.allSatisfy(\.isLetter), access(first, F_OK) != 0,
      let hint = didYouMean(first, among: names)
    else { return nil }
    return Diagnostic(.error, "there is no command and no file '\(first)'", hint: hint)
  }

  /// The commands, and the options of the one that needs no name.
  static func help(columns: Int? = nil) -> String {
    let own = helpMessage(columns: columns)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains("for detailed help") }.joined(separator: "\n")
    let training = helpMessage(for: TrainCommand.self, columns: columns)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("USAGE:") }.joined(separator: "\n")
    return own + "\n" + training
      + "\n\nSee 'advas-run <subcommand> --help' for the options of the others."
  }
}
