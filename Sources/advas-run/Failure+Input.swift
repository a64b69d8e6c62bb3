import Console
import Diagnostics
import Training

extension Failure {
  /// Runs `body`; what it throws is the fault of what the user gave.
  static func inInput<R>(_ body: () throws(Diagnostic) -> R) throws(Failure) -> R {
    do throws(Diagnostic) {
      return try body()
    } catch { throw Failure(.faultyInput, DiagnosticBag([error])) }
  }
}
