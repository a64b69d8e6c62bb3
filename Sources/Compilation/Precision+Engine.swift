import Diagnostics
import Execution
import Glibc
import Planning
import Spec
import TensorIR

extension Compiler.Precision {
  /// Elements of scratch memory that the engine's kernel for a call needs.
  package func workspace(_ options: EngineOptions) -> @Sendable (KernelCall) -> Int {
    switch self {
    case .float32: { Execution.workspace(for: $0, options) }
    case .float64: { _ in 0 }
    }
  }

  /// An engine of this precision whose variables are all 0.
  ///
  /// - Throws: a diagnostic where memory or threads are lacking.
  package func makeEngine(
    layout: StateLayout, executables: [Executable], options: EngineOptions
  ) throws(Diagnostic) -> any Engine {
    switch self {
    case .float64:
      try requireProductBuffers(threads: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
      return ReferenceEngine(layout: layout, executables: executables)
    case .float32:
      do {
        return try FastEngine(layout: layout, executables: executables, options: options)
      } catch let diagnostic as Diagnostic {
        throw diagnostic
      } catch { throw Diagnostic(.error, "cannot start the engine: \(error)") }
    }
  }

}

extension Spec.Training {
  /// What the spec asks of the fast engine, with kernels by `table`; 0 threads mean one per core.
  package func engineOptions(_ table: ConvolutionTable) -> EngineOptions {
    let count = threads > 0 ? threads : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    return EngineOptions(
      threads: count, convolutions: convolutions == .fast ? table : table.without(.winograd))
  }
}
