import Compilation
import Console
import Data
import Diagnostics
import Execution
import Planning
import TensorIR
import Training

/// Measures the convolutions of a compiled experiment and writes the table of the fastest kernels.
public struct Autotuning {
  private let compiled: CompiledExperiment
  private var timings: [ConvolutionTiming] = []

  /// Measures every distinct convolution of every step, a few milliseconds to seconds each, without minimal filtering
  /// where the spec `forbidsWinograd`.
  ///
  /// - Throws: a failure where memory or threads are lacking.
  public init(_ compiled: CompiledExperiment, forbidsWinograd: Bool) throws(Failure) {
    self.compiled = compiled
    let options = compiled.engineOptions
    let candidates = ConvolutionTable.Kernel.allCases.filter {
      $0 != .winograd || !forbidsWinograd
    }
    for call in compiled.convolutions {
      let timing = try Failure.of(.runTime) { () throws(Diagnostic) -> ConvolutionTiming? in
        try ConvolutionTiming(of: call, among: candidates, options)
      }
      if let timing { timings.append(timing) }
    }
  }

  /// Writes the table.
  ///
  /// - Returns: a line for the user.
  public func write(to path: String) throws(Failure) -> String {
    let table = compiled.engineOptions.convolutions
    try Failure.of(.runTime) { () throws(Diagnostic) in
      do throws(FileError) {
        try AtomicFile.write(table.text(tuned: timings, compiled.engineOptions), to: path)
      } catch { throw error.diagnostic }
    }
    let digest = try ConvolutionTable(path: path).digest
    return
      "\(timings.count) convolutions measured; table \(digest) written: "
      + "use it with --convolution-table \(path)"
  }
}

extension CompiledExperiment {
  /// Every distinct convolution, in order of first use.
  fileprivate var convolutions: [ConvolutionKernel] {
    var (seen, calls) = (Set<ConvolutionKernel>(), [ConvolutionKernel]())
    for step in functions.flatMap(\.executable.program.steps) {
      if case .convolution(let call) = step.call, seen.insert(call).inserted { calls.append(call) }
    }
    return calls
  }
}
