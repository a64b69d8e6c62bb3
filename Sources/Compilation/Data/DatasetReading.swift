import Diagnostics
import Execution
import Spec
import Threads

/// Data sets being read on a thread of their own, while others compile what will train on them.
package final class DatasetReading: Sendable {
  private let result: BackgroundResult<Result<Datasets, Diagnostic>>

  /// Starts to read what the streams of `experiment` name.
  init(_ experiment: Experiment) {
    result = BackgroundResult { Result { () throws(Diagnostic) in try Datasets(experiment) } }
  }

  /// The data sets, once they are read.
  ///
  /// - Throws: what was wrong with them.
  package func wait() throws(Diagnostic) -> Datasets { try result.wait().get() }
}
