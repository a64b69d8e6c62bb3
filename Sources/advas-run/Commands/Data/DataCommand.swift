import ArgumentParser
import CommandEntry
import Compilation
import Console
import Data
import Diagnostics
import Spec
import Training

/// `advas-run data SPEC`: looks at every sample that a spec would train on.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Look at every sample of a spec's data, and at every fault.",
    usage: "advas-run data <spec> [<options>]",
    discussion: """
      Prints how many samples of which kinds and classes there are, what their
      values span, and a digest of their contents, and draws the first and some
      random ones as the networks will see them. Every sample that cannot be read
      is an error of its own.
      """)

  @OptionGroup var spec: SpecOptions

  @Option(
    help: ArgumentHelp("Folder of the pictures.", valueName: "folder"), completion: .directory)
  var out = "."

  func run() throws {
    let faults = try reportingFailures { () throws(Failure) in
      var compiler = Compiler()
      let experiment = try spec.load(with: &compiler).experiment
      var faults: [Diagnostic] = []
      for stream in experiment.streams {
        guard case .data(let dataset, column: 0) = stream.source else { continue }
        faults += try Failure.of(.faultyInput) { () throws(Diagnostic) in
          do throws(Diagnostic) {
            return try inspect(dataset, stream, of: experiment)
          } catch { throw error.located(at: dataset.span) }
        }
      }
      return faults
    }
    Terminal.error.show(DiagnosticBag(faults))
    if !faults.isEmpty { throw ExitCode(Failure.Kind.faultyInput.rawValue) }
  }

  /// Prints what is known of a stream; the faults of its samples.
  private func inspect(
    _ dataset: Dataset, _ stream: Spec.Stream, of experiment: Experiment
  ) throws(Diagnostic) -> [Diagnostic] {
    let definition = dataset.definition
    Terminal.output.line(definition.path.map { "\(stream.name): \($0)" } ?? stream.name)
    let contents = try definition.open()
    if case .finite(let source) = contents {
      let inspection = DatasetInspection(source)
      for line in inspection.lines { Terminal.output.line("  " + line) }
      guard inspection.faults.isEmpty else { return inspection.faults }
    } else {
      Terminal.output.line("  drawn as they are needed, samples of \(stream.shape)")
    }
    let data = try LoadedDataset(definition, range: dataset.range, view: dataset.view)
    if let count = data.count {
      Terminal.output.line("  the spec takes \(count), values mapped to \(data.mappedRange)")
    }
    let name = "\(experiment.name)-\(stream.name)"
    let path = try SamplePicture.write(data, name: name, seed: experiment.seed, in: out)
    if let path { Terminal.output.line("  picture: \(path)") }
    return []
  }
}
