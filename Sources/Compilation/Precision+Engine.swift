import Diagnostics
import Execution
import Glibc
import Planning
import Spec
import TensorIR
import Threads

extension Compiler.Precision {
  /// Elements of scratch memory that the engine's kernel for a call needs.
  package func workspace(_ options: EngineOptions) -> @Sendable (KernelCall) -> Int {
    switch self {
    case .float32: { Execution.workspace(for: $0, options) }
    case .float64: { _ in 0 }
    }
  }

  /// An engine of this precision whose variables are all 0; one of several ranks speaks to the others by `transport`.
  ///
  /// - Throws: a diagnostic where memory or threads are lacking.
  package func makeEngine(
    layout: StateLayout, executables: [Executable], options: EngineOptions,
    transport: (any Transport)? = nil
  ) throws(Diagnostic) -> any Engine {
    switch self {
    case .float64:
      try requireProductBuffers(threads: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
      return ReferenceEngine(
        layout: layout, executables: executables, transport: transport)
    case .float32:
      return try FastEngine(
        layout: layout, executables: executables, options: options, transport: transport)
    }
  }

}

extension CompiledExperiment {
  /// The engine of a run, whose variables are all 0; one of several ranks speaks to the others by `transport`.
  ///
  /// - Throws: a diagnostic where memory, threads or the device are lacking.
  package func makeEngine(transport: (any Transport)?) throws(Diagnostic) -> any Engine {
    let executables = functions.map(\.executable)
    if let device {
      return try device.makeEngine(
        layout: layout, executables: executables, element: precision.element)
    }
    return try precision.makeEngine(
      layout: layout, executables: executables, options: engineOptions, transport: transport)
  }
}

extension Spec.Training {
  /// What the spec asks of the fast engine, with kernels by `table`; 0 threads mean one per core, of which `processes`
  /// have equal shares.
  package func engineOptions(_ table: ConvolutionTable, processes: Int = 1) -> EngineOptions {
    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let count = threads > 0 ? threads : max(1, cores / processes)
    return EngineOptions(
      threads: count, convolutions: convolutions == .fast ? table : table.without(.winograd))
  }
}
