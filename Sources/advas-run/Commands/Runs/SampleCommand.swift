import ArgumentParser
import CommandEntry
import Compilation
import Console
import Training

/// `advas-run sample RUN -n COUNT -o WHERE`: generated samples of a run's checkpoint.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Write samples of a run's checkpoint.",
    discussion: """
      The ending of the output says what is written: a folder of PNG files, one PNG
      file with all samples, rows of a table like the one that the run learnt from,
      .csv or .tsv, or the numbers themselves as a NumPy archive, .npz, with arrays
      'samples' and, where they have some, 'classes'. What is sampled, and whether
      of averaged networks, says the run's spec under 'samples'. The first of more
      samples are the same.
      """)

  @Argument(
    help: ArgumentHelp("The folder of the run, or a checkpoint in it.", valueName: "run"),
    completion: .file())
  var folder: String

  @Option(
    name: [.customShort("n"), .long], parsing: .unconditional,
    help: ArgumentHelp("How many samples.", valueName: "number"))
  var count: Int

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A new or empty folder, or a file: x.npz, x.csv, x.png.", valueName: "path"),
    completion: .file())
  var output: String

  @Option(
    help: ArgumentHelp("The checkpoint to take instead of the newest.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var checkpoint: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed of the latent values (default: the run's, whose pictures begin alike).",
      valueName: "number"))
  var seed: UInt64?

  @Option(
    name: .customLong("class"), parsing: .unconditional,
    help: ArgumentHelp(
      "The class of all samples, from 0 (default: all in turn, or those of the data's labels).",
      valueName: "k"))
  var chosenClass: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Make -n paths instead, each of so many samples from one latent value to another.",
      valueName: "number"))
  var interpolate: Int?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Sample otherwise than the run: samples.truncation=0.7, vars.psi=0.5. Repeatable.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Worker threads, 0 for one per core.", valueName: "number"))
  var threads: String?

  @Option(help: "The precision that the run was started with.")
  var precision = Compiler.Precision.float32

  func validate() throws {
    guard (1...1_000_000_000).contains(count) else {
      throw ValidationError("-n has to be from 1 to 1,000,000,000.")
    }
    if let interpolate, !(2...1000).contains(interpolate) {
      throw ValidationError("--interpolate has to be from 2 to 1000.")
    }
    try requireOneCheckpoint(folder, checkpoint)
  }

  func run() throws {
    Interruption.install(isSilent: true)
    do {
      try drawSamples()
    } catch  where Interruption.isRequested { throw ExitCode(130) }
  }

  private func drawSamples() throws {
    try reportingFailures { () throws(Failure) in
      var compiler = Compiler(precision: precision)
      let flags = flagOverrides(steps: nil, threads: threads)
      let samples = try RunSamples(
        of: folder,
        RunSamples.Request(
          count: count, seed: seed, chosenClass: chosenClass, checkpoint: checkpoint,
          steps: interpolate),
        to: try SampleOutput(output), overrides: overrides + flags.map(\.override),
        options: names(of: flags), compiler: &compiler)
      Terminal.output.line(try samples.write())
    }
  }
}
