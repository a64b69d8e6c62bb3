import ArgumentParser
import Console

/// Runs a command's work and turns what it throws into messages and an exit code.
@discardableResult
package func reportingFailures<R>(_ body: () throws(Failure) -> R) throws -> R {
  do throws(Failure) {
    return try body()
  } catch {
    Terminal.error.show(error.diagnostics)
    throw ExitCode(error.kind.rawValue)
  }
}
