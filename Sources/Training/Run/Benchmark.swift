import Diagnostics
import Glibc

/// Times a compiled experiment without writing anything.
public struct Benchmark {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  /// Starts the clock: create it before compiling.
  public init() { start = clock.now }

  /// One line of JSON: seconds to compile (reading and the engine's preparation included) and for
  /// the first round, milliseconds of each round after it, megabytes (10⁶) at the peak and as
  /// planned.
  public mutating func run(_ compiled: CompiledExperiment, rounds: Int) throws(Failure) -> String {
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in try Trainer(compiled) }
    let compile = (clock.now - start).seconds
    var times: [Double] = []
    for _ in 0...rounds {
      let begin = clock.now
      do throws(NonFiniteScalar) {
        try trainer.runRound()
      } catch {
        throw Failure(
          .runTime,
          DiagnosticBag([error.diagnostic(finding: nil, round: trainer.round, savedAs: nil)]))
      }
      times.append((clock.now - begin).seconds)
    }
    let milliseconds = times.dropFirst().map { formatted("%.4f", 1000 * $0) }.joined(separator: ",")
    let plan = Double(compiled.stateByteCount + compiled.arenaByteCount) / 1e6
    return
      "{\"compile_s\":\(formatted("%.4f", compile)),\"first_step_s\":\(formatted("%.4f", times[0])),"
      + "\"round_ms\":[\(milliseconds)],\"peak_mb\":\(formatted("%.1f", Self.peakMegabytes)),"
      + "\"plan_mb\":\(formatted("%.1f", plan))}"
  }

  /// The largest resident size of this process so far.
  private static var peakMegabytes: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) * 1024 / 1e6
  }
}
