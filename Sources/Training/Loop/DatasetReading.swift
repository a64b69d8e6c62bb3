import Diagnostics
import Dispatch
import Spec
import Synchronization

/// Data sets being read on a thread of their own, while others compile what will train on them.
final class DatasetReading: Sendable {
  private let group = DispatchGroup()
  private let result = Mutex<Result<Datasets, Diagnostic>?>(nil)

  /// Starts to read what the streams of `experiment` name.
  init(_ experiment: Experiment) {
    DispatchQueue.global().async(group: group) {
      let result = Result { () throws(Diagnostic) in try Datasets(experiment) }
      self.result.withLock { $0 = result }
    }
  }

  /// The data sets, once they are read.
  ///
  /// - Throws: what was wrong with them.
  func wait() throws(Diagnostic) -> Datasets {
    group.wait()
    guard let result = result.withLock({ $0 }) else {
      preconditionFailure("the reading of the data ended without a result")
    }
    return try result.get()
  }
}
