import Compilation
import Console
import Diagnostics
import Execution
import JSON
import Modules
import Planning

/// How long a round will take, before any has run: the table of costs over the steps of a round, at the speed that the machine
/// has now.
public struct RoundEstimate {
  /// Of a round, on average over the periods of penalties.
  public let seconds: Double
  /// What the machine could do at most when that was predicted.
  public let ceiling: MeasuredProfile.Ceiling
  private let rounds: Int
  private let threads: Int

  /// How far predictions for the games of the benchmark are off at most (`benchmarks/fit_costs.py`, each with the game left out of
  /// the fit); a game of kernels that no other runs may be further off.
  public static let error = 0.25

  /// Measures the machine's ceilings, which takes about a tenth of a second.
  ///
  /// - Throws: a failure where memory or threads are lacking.
  public init(_ compiled: CompiledExperiment) throws(Failure) {
    let options = compiled.engineOptions
    let ceiling = try MachineCeiling.measure(options)
    self.ceiling = ceiling
    let costs = compiled.functions.map { $0.seconds(ceiling, options) }
    seconds = compiled.perRound { costs[$0] }
    rounds = compiled.module.rounds
    threads = options.threads
  }

  /// Adds `about 92 ms a round on 2 threads, 20,000 rounds in 31 minutes (predicted ...)`.
  public func add(to findings: inout Findings) {
    let round =
      seconds < 0.1 ? formatted("%.3g ms", 1000 * seconds) : formatted("%.3g s", seconds)
    findings.add(
      line: "about \(round) a round on \(counted(threads, "thread")), "
        + "\(groupedText(rounds)) \(plural("round", rounds)) in \(Self.span(seconds * Double(rounds))) "
        + "(predicted at this machine's speed now, mostly within \(Int(100 * Self.error)) %)",
      ("predicted_seconds_per_round", .number(seconds)))
  }

  private static func span(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: formatted("%.2g seconds", seconds)
    case ..<5400: formatted("%.2g minutes", seconds / 60)
    case ..<172_800: formatted("%.2g hours", seconds / 3600)
    default: formatted("%.2g days", seconds / 86_400)
    }
  }
}

extension CompiledFunction {
  /// Seconds of one run, by the table of costs at the machine's ceilings; of all passes where it goes through its samples
  /// in pieces.
  func seconds(_ ceiling: MeasuredProfile.Ceiling, _ options: EngineOptions) -> Double {
    let times = pieceSchedule?.timesRun
    return executable.program.steps.enumerated().reduce(0) { sum, step in
      sum + Double(times.map { $0[step.offset] ?? 0 } ?? 1)
        * CostTable.shipped.seconds(
          of: step.element, gigaflops: ceiling.gigaflops, gigabytes: ceiling.gigabytes, options)
    }
  }
}
