import ArgumentParser
import CommandEntry
import Compilation
import Console
import Data
import Diagnostics
import Spec
import Syntax
import Training

/// `advas-run pack SPEC FILE`: a spec's samples, decoded and sized, in one file that starts at once.
struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Write a spec's samples into one safetensors file.",
    usage: "advas-run pack <spec> <file> [<options>]",
    discussion: """
      The samples are those that the spec takes, as pixels or numbers before
      'range' and 'flip'; what is printed reads them from the file.
      """)

  @OptionGroup var spec: SpecOptions

  @Argument(help: "The file to write.", completion: .file(extensions: ["safetensors"]))
  var file: String

  @Option(help: ArgumentHelp("Which data, where the spec has several.", valueName: "stream"))
  var stream: String?

  func run() throws {
    try reportingFailures { () throws(Failure) in
      try Failure.unlessWritable(file)
      var compiler = Compiler()
      let experiment = try spec.load(with: &compiler).experiment
      let text = try Failure.of(.faultyInput) { () throws(Diagnostic) in try pack(experiment) }
      Terminal.output.write(text)
    }
  }

  /// Writes the file; the entry of `data` that reads it.
  private func pack(_ experiment: Experiment) throws(Diagnostic) -> String {
    let (chosen, dataset) = try data(of: experiment)
    do throws(Diagnostic) {
      guard case .finite(let source) = try dataset.definition.open() else {
        throw Diagnostic(
          .error, "'\(chosen.name)' is drawn as it is needed; there is nothing to pack")
      }
      var view = dataset.view
      view.cache = .none
      let taken = try source.seen(through: view)
      try InputFiles.requireOther(file)
      let digest = try SampleFile.write(taken, to: file)
      var entry =
        "type: safetensors, path: \(yamlQuoted(file)), array: samples, shape: \(taken.sampleShape)"
      if let labels = taken.labels {
        entry += ", label_array: labels, classes: \(labels.width)"
      }
      return
        "\(counted(taken.count, "sample")), content \(digest)\ndata: {\(chosen.name): {\(entry), batch: \(chosen.batch)}}\n"
    } catch { throw error.located(at: dataset.span) }
  }

  /// The stream that the command line names, or the only one.
  private func data(of experiment: Experiment) throws(Diagnostic) -> (Spec.Stream, Dataset) {
    var found: [(Spec.Stream, Dataset)] = []
    for candidate in experiment.streams {
      guard case .data(let dataset, column: 0) = candidate.source else { continue }
      if stream == nil || stream == candidate.name { found.append((candidate, dataset)) }
    }
    guard found.count == 1 else {
      throw Diagnostic(
        .error,
        stream.map { "the spec has no data '\($0)'" } ?? "the spec has \(found.count) sets of data",
        hint: "name one of them by --stream")
    }
    return found[0]
  }
}
