import ArgumentParser
import CommandEntry
import Compilation
import Console
import Inspection
import Training

/// `advas-run record SPEC FILE`: one whole round as named tensors.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Write one whole round into a safetensors file.",
    usage: "advas-run record <spec> <file> [<options>]")

  @OptionGroup var spec: SpecOptions

  @Argument(help: "The file to write.", completion: .file(extensions: ["safetensors"]))
  var file: String

  @OptionGroup var round: RoundOptions

  @OptionGroup var output: OutputOptions

  func run() throws {
    try reportingFailures { () throws(Failure) in
      try Failure.unlessWritable(file)
      var compiler = try round.makeCompiler()
      let compiled = try compiler.compile(checked: try spec.load(with: &compiler))
      var round = try RecordedRound(compiled, at: round.at, replay: nil)
      try Failure.ifRead(file)
      try round.run()
      try round.write(to: file)
      output.write(round.findings)
    }
  }
}
