import Data
import Diagnostics
import Spec

extension RunSamples {
  /// How samples are rows of the table of their shape; nil where another output is asked for.
  ///
  /// - Throws: where there is no such table, or its numbers are mapped to a range.
  static func table(
    of experiment: Experiment, _ shape: [Int], _ output: SampleOutput
  ) throws(Diagnostic) -> TableText? {
    guard case .table(let path) = output else { return nil }
    for stream in experiment.streams where stream.isData(like: shape) {
      guard case .data(let dataset, _) = stream.source,
        let table = try TableText(dataset.definition, path: path)
      else { continue }
      guard dataset.range == nil else {
        throw Diagnostic(
          .error,
          "the table of '\(stream.name)' is mapped to a range, so samples are no rows of it",
          hint: "write them as numbers: -o samples.npz")
      }
      return table
    }
    throw Diagnostic(
      .error, "samples of shape \(shape) are no rows of a table",
      hint: "write them as numbers: -o samples.npz")
  }
}
