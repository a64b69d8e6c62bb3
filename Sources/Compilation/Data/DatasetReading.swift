import Diagnostics
import Execution
import Spec
import Threads

/// Data sets to be read when a run asks for them or, on a thread of their own, while others compile what will train on
/// them.
package final class DatasetReading: Sendable {
  private let experiment: Experiment
  private let result: BackgroundResult<Result<Datasets, Diagnostic>>?

  /// Makes a reading of what the streams of `experiment` name, which begins at once where it `startsNow`.
  init(_ experiment: Experiment, startsNow: Bool) {
    self.experiment = experiment
    guard startsNow else {
      result = nil
      return
    }
    result = BackgroundResult { Result { () throws(Diagnostic) in try Datasets(experiment) } }
  }

  /// The data sets, once they are read.
  ///
  /// - Throws: what was wrong with them.
  package func wait() throws(Diagnostic) -> Datasets {
    guard let result else { return try Datasets(experiment) }
    return try result.wait().get()
  }
}
