import ArgumentParser
import CommandEntry
import Compilation
import Console
import Training

/// `advas-run evaluate RUN`: the figures of a run's newest checkpoint.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure the samples of a run's checkpoint.",
    discussion: """
      Measures what the run's spec lists under 'metrics', or what --set adds:
      advas-run evaluate RUN --set 'metrics=[{fid: {samples: 10000}}]'
      """)

  @Argument(
    help: ArgumentHelp("The folder of the run, or a checkpoint in it.", valueName: "run"),
    completion: .file())
  var folder: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Replace a value of the spec. Repeatable.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Worker threads, 0 for one per core.", valueName: "number"))
  var threads: String?

  @Flag(help: "Print one line of JSON.")
  var json = false

  @Option(help: "The precision that the run was started with.")
  var precision = Compiler.Precision.float32

  func run() throws {
    try reportingFailures { () throws(Failure) in
      var compiler = Compiler(precision: precision)
      let flags = flagOverrides(steps: nil, threads: threads)
      let result = try RunEvaluation(
        of: folder, overrides: overrides + flags.map(\.override), options: names(of: flags),
        compiler: &compiler)
      for warning in result.warnings { Terminal.error.show(warning) }
      Terminal.output.write(json ? result.json : result.text)
    }
  }
}
