import Diagnostics
import Execution
import Glibc
import Planning
import TensorIR

extension Compiler.Precision {
  /// Elements of scratch memory that the engine's kernel for a call needs.
  func workspace(threads: Int) -> (KernelCall) -> Int {
    switch self {
    case .float32: { Execution.workspace(for: $0, threads: threads) }
    case .float64: { _ in 0 }
    }
  }

  /// An engine of this precision whose variables are all 0.
  ///
  /// - Throws: a diagnostic where memory or threads are lacking.
  func makeEngine(
    layout: StateLayout, executables: [Executable], threads: Int
  ) throws(Diagnostic) -> any Engine {
    switch self {
    case .float64: return ReferenceEngine(layout: layout, executables: executables)
    case .float32:
      do {
        return try FastEngine(
          layout: layout, executables: executables, options: EngineOptions(threads: threads))
      } catch let diagnostic as Diagnostic {
        throw diagnostic
      } catch { throw Diagnostic(.error, "cannot start the engine: \(error)") }
    }
  }

  /// The number of threads that a spec's `threads` means: 0 is one per core.
  static func threadCount(_ threads: Int) -> Int {
    if threads > 0 { return threads }
    return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }
}
