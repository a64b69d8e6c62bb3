import ArgumentParser
import CommandEntry
import Compilation
import Console
import Inspection
import Training

/// `advas-run replay SPEC FILE`: one round with the inputs of a recorded one, and how far apart they end.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Run one round with the inputs of a recorded one.",
    usage: "advas-run replay <spec> <file> [<options>]")

  @OptionGroup var spec: SpecOptions

  @Argument(help: "The record to read.", completion: .file(extensions: ["safetensors"]))
  var file: String

  @Option(
    help: ArgumentHelp("Write the round into this file, a record too.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var record: String?

  @Flag(help: "Check the spec and the record without running the round.")
  var checkOnly = false

  @OptionGroup var round: RoundOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if checkOnly, record != nil {
      throw ValidationError("--check-only runs no round that --record could write.")
    }
  }

  func run() throws {
    try reportingFailures { () throws(Failure) in
      if let record { try Failure.unlessWritable(record) }
      var compiler = try round.makeCompiler()
      let loaded = try spec.load(with: &compiler)
      let compiled = try compiler.compile(checked: loaded)
      var round = try RecordedRound(compiled, at: round.at, replay: file)
      if let record { try Failure.ifRead(record) }
      if checkOnly {
        output.write(compiled.findings(of: loaded.experiment))
      } else {
        try round.run()
        if let record { try round.write(to: record) }
        output.write(round.findings)
      }
    }
  }
}
