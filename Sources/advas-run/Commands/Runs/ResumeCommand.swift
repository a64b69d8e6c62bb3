import ArgumentParser
import Compilation
import Console
import Training

/// `advas-run resume RUN`: goes on, bit for bit, where a run stopped.
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a run from its newest checkpoint.")

  @Argument(
    help: ArgumentHelp("The folder of the run.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Train to this round instead of the one that the spec names.", valueName: "rounds"))
  var steps: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Worker threads, 0 for one per core.", valueName: "number"))
  var threads: String?

  @Option(
    help: ArgumentHelp(
      "Start from this checkpoint of the run; later rounds are trained again.", valueName: "file"))
  var from: String?

  @OptionGroup var progress: ProgressOption

  @Option(help: "The precision that the run was started with.")
  var precision = Compiler.Precision.float32

  @OptionGroup var ranks: RanksOption

  @OptionGroup var engine: EngineOption

  func run() throws {
    try ranks.run { task in
      try task.train(progress) { agreement throws(Failure) in
        var compiler = Compiler(precision: precision)
        try engine.apply(to: &compiler, ranks: ranks.ranks != nil)
        task.prepare(&compiler)
        let resumption = try SharedResumption(by: agreement, compiler: &compiler) {
          compiler throws(Failure) in
          try read(&compiler)
        }
        if !task.follows { resumption.loaded.showWarnings() }
        return try resumption.makePart(&compiler)
      }
    }
  }

  private func read(_ compiler: inout Compiler) throws(Failure) -> Resumption {
    let flags = flagOverrides(steps: steps, threads: threads)
    return try Resumption(
      path: folder, checkpoint: from, steps: steps, overrides: flags.map(\.override),
      options: names(of: flags), compiler: &compiler)
  }
}
