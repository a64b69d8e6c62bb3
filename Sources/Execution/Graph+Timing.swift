import Diagnostics
import Planning
import TensorIR

extension Graph {
  /// Runs of one measurement.
  private static let timedRuns = 7

  /// The shortest of several runs of the graph by itself on the fast engine; `fill` writes each input before every run.
  ///
  /// - Throws: `Diagnostic` where memory or threads are lacking.
  package func shortestRun(
    _ options: EngineOptions, fill: (UnsafeMutableBufferPointer<Float>) -> Void
  ) throws(Diagnostic) -> Duration {
    let placement = Placement(
      inputs: inputNames.map { _ in .arena }, results: results.map { _ in .arena })
    let layout = StateLayout([])
    let program = plan(graph: self, placement: placement, state: layout) {
      workspace(for: $0, options)
    }
    let engine = try FastEngine(
      layout: layout,
      executables: [Executable(graph: self, placement: placement, program: program)],
      options: options)
    let clock = ContinuousClock()
    let times = (0..<Self.timedRuns).map { _ in
      for input in inputNames.indices { engine.withInput(of: 0, input, fill) }
      return clock.measure { engine.run(0) }
    }
    return times.min() ?? .zero
  }
}
