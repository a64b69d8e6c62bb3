import Compilation
import Console
import Diagnostics
import Execution
import Glibc
import Training

/// Times a compiled experiment without writing anything.
public struct Benchmark {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  /// Starts the clock: create it before compiling.
  public init() { start = clock.now }

  /// One line of JSON: seconds from the start of the process to the beginning of the first step and
  /// to the end of the first round, seconds to compile (reading and the engine's preparation
  /// included) and for the first round, milliseconds of each round after it, megabytes (10⁶) as
  /// planned, once libraries and data are loaded (of libraries, the pages that rounds run, which the
  /// system reads in when they first do), and at the peak; bytes by which the heap grew over the rounds
  /// after the first.
  public mutating func run(_ compiled: CompiledExperiment, rounds: Int) throws(Failure) -> String {
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in try Trainer(compiled) }
    let compile = (clock.now - start).seconds
    let age = Self.processAge
    var times: [Double] = []
    times.reserveCapacity(rounds + 1)
    var heapAfterFirst: Int?
    for round in 0...rounds {
      let begin = clock.now
      do throws(NonFiniteScalar) {
        try trainer.runRound()
      } catch {
        throw Failure(
          .runTime,
          DiagnosticBag([error.diagnostic(round: trainer.round)]))
      }
      times.append((clock.now - begin).seconds)
      if round == 0 { heapAfterFirst = ProcessMemory.heap }
    }
    let growth = heapAfterFirst.flatMap { first in ProcessMemory.heap.map { $0 - first } }
    let milliseconds = times.dropFirst().map { formatted("%.4f", 1000 * $0) }.joined(separator: ",")
    let plan = Double(compiled.stateByteCount + compiled.arenaByteCount) / 1e6
    let loaded = Double(trainer.allocatedBefore + ProcessMemory.code) / 1e6
    return
      "{\"start_s\":\(formatted("%.4f", age)),\"first_round_s\":\(formatted("%.4f", age + times[0])),"
      + "\"compile_s\":\(formatted("%.4f", compile)),\"first_step_s\":\(formatted("%.4f", times[0])),"
      + "\"round_ms\":[\(milliseconds)],\"plan_mb\":\(formatted("%.1f", plan)),"
      + "\"loaded_mb\":\(formatted("%.1f", loaded)),"
      + "\"peak_mb\":\(formatted("%.1f", Double(ProcessMemory.peak) / 1e6)),"
      + "\"heap_growth\":\(growth.map(String.init) ?? "null")}"
  }

  /// Seconds since the kernel started this process, to its resolution of a hundredth.
  private static var processAge: Double {
    // Field 22 of proc(5)'s stat; the name, field 2, may hold spaces and ends at the last bracket.
    guard let file = fopen("/proc/self/stat", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 1024)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 19, let ticks = Double(fields[19]) else { return 0 }
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
      - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
